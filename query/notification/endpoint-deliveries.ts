import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { endpointTags as tags, WebhookDeliveryBody, WebhookDeliveryWithTries, WebhookStatusName } from '../../platform/http/notification/endpoint-schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id, ListQuery, Page } from '../../platform/http/schemas.ts';
import type { WebhookDeliveries } from '../../platform/webhook-deliveries/webhook-deliveries.ts';

export type EndpointDeliveries = {
  deliveries: Pick<WebhookDeliveries, 'get' | 'list' | 'attempts'>;
  /** True once what was asked of endpoints up to this position is carried out. */
  reached: (position: bigint, timeoutMs: number) => Promise<boolean>;
};

const config = { permission: 'endpoints:read' } as const;
const filters = { status: Type.Optional(WebhookStatusName), type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) };

/** What became of the webhooks to an endpoint. `x-after-position` waits for what was asked of it: a test, a redelivery. */
export const endpointDeliveries =
  ({ deliveries, reached }: EndpointDeliveries): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/endpoints/:id/deliveries',
      config,
      schema: {
        tags,
        summary: 'Deliveries of the last thirty days to an endpoint, newest first',
        params: Id,
        querystring: ListQuery(filters),
        response: { 200: Page(WebhookDeliveryBody) },
      },
      handler: async (request) => {
        const { limit, cursor, ...equal } = request.query;
        if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) throw notOurs();
        await readYourWrites(request, reached);
        const { data, next } = await deliveries.list({ endpointId: request.params.id, ...equal, limit, after: cursor });
        return { data: [...data], nextCursor: next ?? null };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/endpoint-deliveries/:id',
      config,
      schema: { tags, summary: 'A delivery with its tries, the newest hundred', params: Id, response: { 200: WebhookDeliveryWithTries } },
      handler: async (request) => {
        const { id } = request.params;
        await readYourWrites(request, reached);
        const found = await deliveries.get(id);
        if (!found) throw problem(404, 'endpoint_delivery_not_found', { detail: 'There is no such delivery; they are kept for thirty days.' });
        return { ...found, tries: [...(await deliveries.attempts(id))] };
      },
    });
  };

const notOurs = () =>
  problem(400, 'invalid_request', {
    detail: 'The cursor is not one that this list gave.',
    errors: [{ path: 'query.cursor', message: 'must be a nextCursor' }],
  });
