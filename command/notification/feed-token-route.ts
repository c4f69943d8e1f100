import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { FeedTokens } from '../../platform/http/feed-tokens.ts';
import { UserId } from '../../platform/http/notification/schemas.ts';
import { Closed, Instant } from '../../platform/http/schemas.ts';

const dayInSeconds = 86_400;

/** Tokens that a shop's server gets for its own users' browsers. */
export const feedTokenRoute =
  ({ tokens }: { tokens: Pick<FeedTokens, 'issue'> }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/feed/:userId/token',
      config: { permission: 'feed:tokens' },
      schema: {
        tags: ['Feed'],
        summary: 'A token for a browser: its bearer may read, watch and mark the feed of this user, and nothing else',
        params: Type.Object({ userId: UserId }),
        body: Closed({ expiresIn: Type.Integer({ minimum: 60, maximum: dayInSeconds, default: 3_600, description: 'Seconds' }) }),
        response: { 201: Type.Object({ token: Type.String(), expiresAt: Instant }) },
      },
      handler: async (request, reply) => {
        const { token, expiresAt } = await tokens.issue(request.params.userId, request.body.expiresIn);
        return reply.status(201).send({ token, expiresAt: expiresAt.toISOString() });
      },
    });
  };
