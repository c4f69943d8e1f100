import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Condition } from '../../platform/documents/document-store.ts';
import { Nullable } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { Amount, Currency, Instant, ListQuery, Page, Uuid } from '../../platform/http/schemas.ts';
import { type AttentionItem, type AttentionKind, attentionKinds } from '../../projections/payment/attention-changes.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type AttentionQuery = {
  attention: Pick<ReadModel<AttentionItem>, 'find' | 'reached'>;
  /** Queues in which jobs wait that have failed at least once. */
  failingJobs: () => Promise<readonly FailingJobs[]>;
  now?: () => Date;
};
export type FailingJobs = { queue: string; failed: number };

/** What a person can do about it. */
const toDo: Record<AttentionKind, string> = {
  unknown: 'Look it up at the provider by the id in `about`. It is asked for by itself, and goes from here as soon as the provider answers.',
  pending: 'Ask the provider why it takes so long. It goes from here as soon as it is decided.',
  reversed: 'The provider has undone what it had captured: ask the customer to pay again, or see why.',
  refund_failed: 'Give the customer the money in another way, or refund again; then resolve this.',
  review: 'Approve or reject the payment.',
  dispute: 'Send the provider your evidence before `dueBy`, or accept the loss.',
  contradiction: 'Compare the payment with the provider’s own page, correct it by hand, then resolve this.',
  reconciliation: 'Find the transaction at the provider and here, correct what is wrong, then resolve this or reconcile the day again.',
};

const Item = Type.Object({
  id: Uuid,
  kind: Type.Enum([...attentionKinds]),
  paymentId: Nullable(Uuid),
  about: Type.Object({ kind: Type.String(), id: Type.String() }, { description: 'Which attempt, capture, void, refund or dispute' }),
  provider: Nullable(Type.String()),
  amount: Nullable(Amount),
  currency: Nullable(Currency),
  detail: Type.String(),
  since: Instant,
  dueBy: Nullable(Instant),
  toDo: Type.String(),
  resolution: Nullable(Type.Object({ at: Instant, by: Type.String(), note: Nullable(Type.String()) })),
});

const List = Type.Interface([Page(Item)], {
  failingJobs: Type.Array(Type.Object({ queue: Type.String(), failed: Type.Integer() }), {
    description: 'Jobs that failed and are tried again, for ever: the log says why',
  }),
});

const filters = {
  kind: Type.Optional(Type.Enum([...attentionKinds])),
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  paymentId: Type.Optional(Uuid),
  status: Type.Enum(['open', 'resolved'], { default: 'open' }),
  recent: Type.Boolean({ default: false, description: 'Also what is only a short time undecided, or a dispute with time left' }),
};

/** `GET /attention`: what people must look at, oldest first. */
export const attentionQuery =
  ({ attention, failingJobs, now = () => new Date() }: AttentionQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/attention',
      config: { permission: 'attention:read' },
      schema: { tags: ['Attention'], summary: 'What people must look at, oldest first', querystring: ListQuery(filters), response: { 200: List } },
      handler: async (request) => {
        const { limit, cursor, status, recent, ...equal } = request.query;
        await readYourWrites(request, attention.reached);
        const { until, after } = placeOf(cursor, now());
        const where: Condition[] = [{ field: 'open', is: status === 'open' }, ...Object.entries(equal).map(([field, is]) => ({ field, is }))];
        if (!recent && status === 'open') where.push({ field: 'showFrom', to: until });
        const { rows, next } = await attention.find({ where, orderBy: 'since', ascending: true, limit, ...(after && { after }) });
        return {
          data: rows.map(({ id, document }) => present(id, document)),
          nextCursor: next === undefined ? null : `${until}~${next}`,
          failingJobs: [...(await failingJobs())],
        };
      },
    });
  };

/** All pages of one list are as of one time, which the cursor carries. */
const placeOf = (cursor: string | undefined, now: Date): { until: string; after?: string } => {
  const [until, after] = cursor?.split('~') ?? [];
  if (until === undefined) return { until: now.toISOString() };
  return { until: Number.isNaN(Date.parse(until)) ? now.toISOString() : until, after: after ?? until };
};

const present = (id: string, { kind, paymentId, about, provider, amount, currency, detail, since, dueBy, resolution }: AttentionItem) => ({
  id,
  kind,
  paymentId,
  about,
  provider,
  amount,
  currency,
  detail,
  since,
  dueBy,
  toDo: toDo[kind],
  resolution,
});
