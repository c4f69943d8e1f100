import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Condition } from '../../platform/documents/document-store.ts';
import { Nullable } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { Amount, Currency, Instant, ListQuery, Page, Uuid } from '../../platform/http/schemas.ts';
import type { DisputeDocument } from '../../projections/payment/disputes.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type DisputesQuery = { disputes: Pick<ReadModel<DisputeDocument>, 'find' | 'reached'> };

const Status = Type.Enum(['inquiry', 'inquiry_closed', 'open', 'won', 'lost']);
const Dispute = Type.Object(
  {
    disputeId: Type.String({ description: 'The provider’s name for it' }),
    paymentId: Uuid,
    attemptId: Uuid,
    provider: Type.String(),
    status: Status,
    amount: Amount,
    currency: Currency,
    reason: Nullable(Type.String()),
    evidenceDueBy: Nullable(Instant),
    openedAt: Instant,
    closedAt: Nullable(Instant),
  },
  { title: 'Dispute' },
);

const filters = {
  status: Type.Optional(Status),
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  dueBefore: Type.Optional(Type.String({ format: 'date-time', description: 'Those whose evidence is due before then' })),
};

/** `GET /disputes`: newest first; with `dueBefore`, the most urgent first. */
export const disputesQuery =
  ({ disputes }: DisputesQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/disputes',
      config: { permission: 'payments:read' },
      schema: { tags: ['Disputes'], summary: 'Disputes of all payments', querystring: ListQuery(filters), response: { 200: Page(Dispute) } },
      handler: async (request) => {
        const { limit, cursor, dueBefore, ...equal } = request.query;
        await readYourWrites(request, disputes.reached);
        const where: Condition[] = Object.entries(equal).map(([field, is]) => ({ field, is }));
        if (dueBefore !== undefined) where.push({ field: 'evidenceDueBy', to: dueBefore });
        const order = dueBefore === undefined ? { orderBy: 'openedAt' } : { orderBy: 'evidenceDueBy', ascending: true };
        const { rows, next } = await disputes.find({ where, ...order, limit, ...(cursor && { after: cursor }) });
        return { data: rows.map(({ document }) => document), nextCursor: next ?? null };
      },
    });
  };
