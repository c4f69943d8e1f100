import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';

/** `GET /asyncapi.json`: the public events that the service sends or receives. */
export const asyncApiRoute =
  (document: object): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/asyncapi.json', { config: { permission: 'open' }, schema: { hide: true } }, async () => document);
  };
