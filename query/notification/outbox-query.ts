import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problem } from '../../platform/http/problem.ts';
import { Instant, ListQuery, Page, Uuid } from '../../platform/http/schemas.ts';
import type { Outbox } from '../../providers/message/outbox.ts';

const OutboxMessage = Type.Object({
  id: Uuid,
  notificationId: Uuid,
  channel: Type.String(),
  to: Type.String(),
  subject: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
  html: Type.Optional(Type.String()),
  at: Instant,
});

/** What would have been sent, where no provider is configured. */
export const outboxQuery =
  ({ outbox }: { outbox: Pick<Outbox, 'list'> }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/outbox',
      config: { permission: 'outbox:read' },
      schema: {
        tags: ['Sandbox'],
        summary: 'Messages that would have been sent, newest first',
        querystring: ListQuery({}),
        response: { 200: Page(OutboxMessage) },
      },
      handler: async (request) => {
        const { limit, cursor } = request.query;
        if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
          throw problem(400, 'invalid_request', {
            detail: 'The cursor is not one that this list gave.',
            errors: [{ path: 'query.cursor', message: 'must be a nextCursor' }],
          });
        const { data, next } = await outbox.list({ limit, ...(cursor && { after: cursor }) });
        return { data: [...data], nextCursor: next ?? null };
      },
    });
  };
