import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import { paymentIntent } from '../../domain/payment/payment-intent.ts';
import type { Payment } from '../../domain/payment/state.ts';
import type { Condition } from '../../platform/documents/document-store.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { PaymentBody, PaymentStatus } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Currency, Id, Instant, ListQuery, Page } from '../../platform/http/schemas.ts';
import { afterEvent, type PaymentDocument, type PaymentFold } from '../../projections/payment/payments.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { asItWas } from '../audit/as-it-was.ts';

export type PaymentQueries = {
  documents: Pick<ReadModel<PaymentDocument>, 'get' | 'find' | 'reached'>;
  payments: Pick<Handler<Payment, PaymentCommand, PaymentEvent, PaymentRejection>, 'load' | 'history' | 'inMemory'>;
};

const Text = Type.String({ minLength: 1, maxLength: 200 });
const filters = {
  customerId: Type.Optional(Text),
  status: Type.Optional(PaymentStatus),
  provider: Type.Optional(Text),
  reference: Type.Optional(Text),
  currency: Type.Optional(Currency),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
};
type Filters = Static<ReturnType<typeof Closed<typeof filters>>>;
const config = { permission: 'payments:read' } as const;
const tags = ['Payments'];

/** Looking payments up: one as it is or as it was, many by filters. */
export const paymentQueries =
  ({ documents, payments }: PaymentQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    /** The read model gathers events for a moment; what this process has written itself is in its memory already. */
    const newest = async (id: string): Promise<PaymentFold | undefined> => {
      const stored = (await documents.get(id))?.document;
      const inMemory = payments.inMemory(id);
      return inMemory && inMemory.version > (stored?.version ?? 0) ? inMemory : stored;
    };

    app.route({
      method: 'GET',
      url: '/api/v1/payments/:id',
      config,
      schema: {
        tags,
        summary: 'A payment; with `at` or `version`, as it was then',
        params: Id,
        querystring: Closed({ at: Type.Optional(Instant), version: Type.Optional(Type.Integer({ minimum: 1 })) }),
        response: { 200: PaymentBody },
      },
      handler: async (request) => {
        const { id } = request.params;
        const { at, version } = request.query;
        if (at !== undefined || version !== undefined) {
          const { events } = await payments.history(id);
          const then = asItWas(afterEvent, events, request.query);
          if (!then)
            throw problem(404, 'payment_not_found', { detail: events.length === 0 ? noPayment : 'The payment was not there yet, or never had this version.' });
          return paymentIntent(id, then);
        }
        await readYourWrites(request, documents.reached);
        const found = (await newest(id)) ?? (await payments.load(id));
        if (!found) throw problem(404, 'payment_not_found', { detail: noPayment });
        return paymentIntent(id, found);
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/payments',
      config,
      schema: { tags, summary: 'Payments, newest first', querystring: ListQuery(filters), response: { 200: Page(PaymentBody) } },
      handler: async (request) => {
        const { limit, cursor, ...asked } = request.query;
        await readYourWrites(request, documents.reached);
        const { rows, next } = await documents.find({ where: conditions(asked), orderBy: 'createdAt', limit, ...(cursor && { after: cursor }) });
        return { data: rows.map(({ id, document }) => paymentIntent(id, document)), nextCursor: next ?? null };
      },
    });
  };

const noPayment = 'There is no payment with this id.';

/** `from` is inclusive, `to` is not. */
const conditions = ({ from, to, ...equal }: Filters): Condition[] => [
  ...Object.entries(equal).map(([field, is]): Condition => ({ field, is })),
  ...(from === undefined && to === undefined ? [] : [{ field: 'createdAt', ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]),
];
