import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { EndpointDelivery, Recovery, endpointTags as tags } from '../../../platform/http/notification/endpoint-schemas.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Id, Instant, Uuid } from '../../../platform/http/schemas.ts';
import { webhookDeliveryId } from '../../../platform/webhook-deliveries/delivery-id.ts';
import { type EndpointRoutes, give } from './give.ts';

const url = '/api/v1/endpoints/:id';
const config = { permission: 'endpoints:write' } as const;

/** Asking for a webhook again, for all that failed, or for one that only says that it arrives. */
export const redeliveryRoutes =
  (routes: EndpointRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: `${url}/test`,
      config,
      schema: {
        tags,
        summary: 'Send an `endpoint.test` event, once, also where the endpoint is disabled',
        params: Id,
        response: { 202: EndpointDelivery },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const requestId = request.commandContext().commandId;
        await give(routes, { id, command: { type: 'Test', requestId, at: new Date().toISOString() } }, request, reply);
        return reply.status(202).send({ id, deliveryId: webhookDeliveryId(requestId, id) });
      },
    });

    app.route({
      method: 'POST',
      url: `${url}/deliveries/:deliveryId/redeliver`,
      config,
      schema: {
        tags,
        summary: 'Send a delivery again, whatever became of it',
        params: Type.Object({ id: Uuid, deliveryId: Uuid }),
        response: { 202: EndpointDelivery },
      },
      handler: async (request, reply) => {
        const { id, deliveryId } = request.params;
        if ((await routes.deliveries.get(deliveryId))?.endpointId !== id) {
          throw problem(404, 'endpoint_delivery_not_found', { detail: 'There is no such delivery of this endpoint; they are kept for thirty days.' });
        }
        await give(routes, { id, command: { type: 'Redeliver', requestId: request.commandContext().commandId, deliveryId } }, request, reply);
        return reply.status(202).send({ id, deliveryId });
      },
    });

    app.route({
      method: 'POST',
      url: `${url}/recover`,
      config,
      schema: {
        tags,
        summary: 'Send again all that failed, or was left out while the endpoint was disabled, since a time',
        params: Id,
        body: Recovery,
        response: { 202: Type.Object({ id: Uuid, since: Instant }) },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const since = new Date(request.body.since).toISOString();
        await give(routes, { id, command: { type: 'Recover', requestId: request.commandContext().commandId, since } }, request, reply);
        return reply.status(202).send({ id, since });
      },
    });
  };
