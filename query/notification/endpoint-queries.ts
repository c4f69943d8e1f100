import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type Endpoint, type EndpointCommand, type EndpointEvent, type EndpointRejection, secretsInForce } from '../../domain/notification/endpoint.ts';
import { endpointView } from '../../domain/notification/endpoint-view.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { EndpointBody, EndpointWithHealth, SecretsBody, endpointTags as tags } from '../../platform/http/notification/endpoint-schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id, ListQuery, Page } from '../../platform/http/schemas.ts';
import type { WebhookDeliveries } from '../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { EndpointListItem } from '../../projections/notification/endpoint-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type EndpointQueries = {
  list: Pick<ReadModel<EndpointListItem>, 'get' | 'find' | 'reached'>;
  endpoints: Pick<Handler<Endpoint, EndpointCommand, EndpointEvent, EndpointRejection>, 'load'>;
  deliveries: Pick<WebhookDeliveries, 'health'>;
  /** Signs webhooks to addresses that are no endpoint's. */
  serviceSecret: string;
};

const url = '/api/v1/endpoints';
const config = { permission: 'endpoints:read' } as const;
const forSecrets = { permission: 'endpoints:secrets' } as const;
const notFound = () => problem(404, 'endpoint_not_found', { detail: 'There is no such endpoint.' });

/** Endpoints, how they fare, and the secrets by which receivers know us. */
export const endpointQueries =
  ({ list, endpoints, deliveries, serviceSecret }: EndpointQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config,
      schema: {
        tags,
        summary: 'Endpoints, newest first',
        querystring: ListQuery({ status: Type.Optional(Type.Enum(['enabled', 'disabled'])) }),
        response: { 200: Page(EndpointBody) },
      },
      handler: async (request) => {
        const { limit, cursor, status } = request.query;
        await readYourWrites(request, list.reached);
        const where = status === undefined ? [] : [{ field: 'status', is: status }];
        const { rows, next } = await list.find({ where, orderBy: 'createdAt', limit, ...(cursor && { after: cursor }) });
        return { data: rows.map(({ id, document }) => endpointView(id, document, document)), nextCursor: next ?? null };
      },
    });

    app.route({
      method: 'GET',
      url: `${url}/:id`,
      config,
      schema: { tags, summary: 'An endpoint, and how it fares', params: Id, response: { 200: EndpointWithHealth } },
      handler: async (request) => {
        const { id } = request.params;
        await readYourWrites(request, list.reached);
        const found = (await list.get(id))?.document;
        if (!found) throw notFound();
        const { failingSince, failures, pausedUntil } = await deliveries.health(id);
        const health = { failingSince: failingSince?.toISOString() ?? null, failures, pausedUntil: pausedUntil?.toISOString() ?? null };
        return { ...endpointView(id, found, found), health };
      },
    });

    app.route({
      method: 'GET',
      url: `${url}/:id/secret`,
      config: forSecrets,
      schema: { tags, summary: 'The secrets that sign what this endpoint gets', params: Id, response: { 200: SecretsBody } },
      handler: async (request) => {
        const state = (await endpoints.load(request.params.id))?.state;
        if (state === undefined || state.status === 'absent' || state.status === 'deleted') throw notFound();
        const [secret = '', ...older] = secretsInForce(state, new Date());
        const previous = state.secrets.flatMap(({ secret: one, until }) => (until !== null && older.includes(one) ? [{ secret: one, validUntil: until }] : []));
        return { secret, previous };
      },
    });

    app.route({
      method: 'GET',
      url: `${url}/service-secret`,
      config: forSecrets,
      schema: {
        tags,
        summary: 'The secret that signs notifications by webhook to an address that is no endpoint’s',
        response: { 200: Type.Object({ secret: Type.String() }) },
      },
      handler: async () => ({ secret: serviceSecret }),
    });
  };
