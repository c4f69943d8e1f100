import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Endpoint, EndpointCommand } from '../../../domain/notification/endpoint.ts';
import { endpointView } from '../../../domain/notification/endpoint-view.ts';
import type { Loaded } from '../../../platform/event-store/aggregate.ts';
import {
  EndpointBody,
  EndpointChange,
  EndpointWithSecret,
  NewEndpoint,
  Rotation,
  endpointTags as tags,
} from '../../../platform/http/notification/endpoint-schemas.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Id } from '../../../platform/http/schemas.ts';
import { v5 } from '../../../platform/name-based-uuid.ts';
import { keyOf, newSecret } from '../../../providers/message/webhook/signature.ts';
import { meantSettings } from './endpoint-faults.ts';
import { type EndpointRoutes, give, known } from './give.ts';

const url = '/api/v1/endpoints';
const config = { permission: 'endpoints:write' } as const;
const hourMs = 3_600_000;

const shown = (id: string, loaded: Loaded<Endpoint>) => {
  const { state, ...times } = known(loaded);
  return endpointView(id, state, times);
};
const shownWithSecret = (id: string, loaded: Loaded<Endpoint>) => ({ ...shown(id, loaded), secret: known(loaded).state.secrets[0]?.secret ?? '' });

/** Where subscribers of the platform are told what happens: made, changed, switched off and on, deleted; their secrets rotated. */
export const endpointRoutes =
  (routes: EndpointRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url,
      config,
      schema: {
        tags,
        summary: 'Have a URL told of events; answers the secret that signs them',
        body: NewEndpoint,
        response: { 201: EndpointWithSecret },
      },
      handler: async (request, reply) => {
        const { secret = newSecret(), ...asked } = request.body;
        if (!keyOf(secret)) throw invalidSecret();
        const settings = meantSettings(asked, routes.allowed, routes.types);
        // The same command makes the same endpoint: it can't be made twice.
        const id = v5('endpoint', request.commandContext().commandId);
        const made = await give(routes, { id, command: { type: 'Create', settings, secret } }, request, reply);
        return reply.status(201).header('location', `${url}/${id}`).send(shownWithSecret(id, made));
      },
    });

    app.route({
      method: 'PUT',
      url: `${url}/:id`,
      config,
      schema: { tags, summary: 'Replace what an endpoint is told, and where', params: Id, body: EndpointChange, response: { 200: EndpointBody } },
      handler: async (request, reply) => {
        const { id } = request.params;
        const settings = meantSettings(request.body, routes.allowed, routes.types);
        return shown(id, await give(routes, { id, command: { type: 'Change', settings } }, request, reply));
      },
    });

    app.route({
      method: 'DELETE',
      url: `${url}/:id`,
      config,
      schema: { tags, summary: 'Delete an endpoint; what waits for it is not sent', params: Id, response: { 204: Type.Null() } },
      handler: async (request, reply) => {
        await give(routes, { id: request.params.id, command: { type: 'Delete' } }, request, reply);
        return reply.status(204).send(null);
      },
    });

    app.route({
      method: 'POST',
      url: `${url}/:id/rotate-secret`,
      config,
      schema: {
        tags,
        summary: 'A new secret; the old one signs too for a while',
        description: 'With `overlapHours` 0 every older secret ends at once, also where an earlier rotation let it go on for longer.',
        params: Id,
        body: Rotation,
        response: { 200: EndpointWithSecret },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const overlapUntil = new Date(Date.now() + (request.body.overlapHours ?? 24) * hourMs).toISOString();
        return shownWithSecret(id, await give(routes, { id, command: { type: 'RotateSecret', secret: newSecret(), overlapUntil } }, request, reply));
      },
    });

    const verbs: Record<string, { summary: string; command: (at: string) => EndpointCommand }> = {
      enable: { summary: 'Send to it again; what was left out meanwhile is sent by /recover', command: (at) => ({ type: 'Enable', at }) },
      disable: { summary: 'Send nothing more to it, until it is enabled', command: (at) => ({ type: 'Disable', reason: 'manual', at }) },
    };
    for (const [verb, { summary, command }] of Object.entries(verbs)) {
      app.route({
        method: 'POST',
        url: `${url}/:id/${verb}`,
        config,
        schema: { tags, summary, params: Id, response: { 200: EndpointBody } },
        handler: async (request, reply) => {
          const { id } = request.params;
          return shown(id, await give(routes, { id, command: command(new Date().toISOString()) }, request, reply));
        },
      });
    }
  };

const invalidSecret = () =>
  problem(422, 'invalid_secret', {
    detail: 'A secret is whsec_ and 24 to 64 bytes in base64.',
    errors: [{ path: 'secret', message: 'is no secret by Standard Webhooks' }],
  });
