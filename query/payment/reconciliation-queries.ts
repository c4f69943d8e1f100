import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ReconciliationBody, ReconciliationDay, ReconciliationId, reconciliationBody } from '../../platform/http/payment/reconciliation-schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { ListQuery, Page } from '../../platform/http/schemas.ts';
import type { ReconciliationRecord } from '../../projections/payment/reconciliation-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type ReconciliationQueries = { reconciliations: Pick<ReadModel<ReconciliationRecord>, 'get' | 'find' | 'reached'> };

const filters = { provider: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })), day: Type.Optional(ReconciliationDay) };
const config = { permission: 'reconciliations:read' } as const;
const tags = ['Reconciliations'];

/** Our books beside the providers’: newest day first, and one of them. */
export const reconciliationQueries =
  ({ reconciliations }: ReconciliationQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/reconciliations',
      config,
      schema: { tags, summary: 'Reconciled days, newest first', querystring: ListQuery(filters), response: { 200: Page(ReconciliationBody) } },
      handler: async (request) => {
        const { limit, cursor, ...equal } = request.query;
        await readYourWrites(request, reconciliations.reached);
        const where = Object.entries(equal).map(([field, is]) => ({ field, is }));
        const { rows, next } = await reconciliations.find({ where, orderBy: 'day', limit, ...(cursor && { after: cursor }) });
        return { data: rows.map(({ id, document }) => reconciliationBody(id, document.state)), nextCursor: next ?? null };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/reconciliations/:id',
      config,
      schema: { tags, summary: 'One day at one provider, and what was found', params: ReconciliationId, response: { 200: ReconciliationBody } },
      handler: async (request) => {
        await readYourWrites(request, reconciliations.reached);
        const found = await reconciliations.get(request.params.id);
        if (!found) throw problem(404, 'reconciliation_not_found', { detail: 'This day was never reconciled at this provider.' });
        return reconciliationBody(found.id, found.document.state);
      },
    });
  };
