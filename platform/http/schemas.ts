import { type TProperties, type TSchema, Type } from 'typebox';

/** Minor units of a currency: 1 to 99,999,999,999. */
export const Amount = Type.Integer({ minimum: 1, maximum: 99_999_999_999, description: 'Minor units of the currency' });
/** The shape of an ISO 4217 code; whether there is such a currency is the domain's to say. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
/** RFC 3339, with an offset or `Z`. */
export const Instant = Type.String({ format: 'date-time' });
export const Uuid = Type.String({ format: 'uuid' });
/** Path parameters of everything that has an id. */
export const Id = Type.Object({ id: Uuid });

/** An object that refuses fields it doesn't name: every request body is one. */
export const Closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

/** What 204 answers. */
export const NoContent = Type.Null({ description: 'Done; there is nothing to be said' });

/** One page of a list; `nextCursor` is null on the last one. */
export const Page = <T extends TSchema>(item: T) => Type.Object({ data: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) });

export const defaultLimit = 20;

/** The query of a list: `limit` (default 20, at most 100), `cursor`, and the list's own filters; other parameters are refused. */
export const ListQuery = <P extends TProperties>(filters: P) =>
  Closed({
    limit: Type.Integer({ minimum: 1, maximum: 100, default: defaultLimit }),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    ...filters,
  });

/** RFC 9457, as every error is answered; other members (`declineCode`, `payment`) may join. */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: '`urn:problem:` and the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable, snake_case' }),
    traceId: Type.String({ description: 'What to tell us when you ask about it: it is in the log' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({
            description: 'In the body `customer.email`, `items.0.amount`, or `body` for all of it; elsewhere `query.limit`, `path.id`, `header.prefer`',
          }),
          message: Type.String(),
        }),
      ),
    ),
  },
  { $id: 'Problem', title: 'Problem', additionalProperties: true },
);
