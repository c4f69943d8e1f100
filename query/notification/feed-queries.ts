import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { FeedItemBody, UserId } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { ListQuery } from '../../platform/http/schemas.ts';
import type { FeedReader } from './feed-reader.ts';

const FeedPage = Type.Object({
  data: Type.Array(FeedItemBody),
  unseen: Type.Integer(),
  unread: Type.Integer(),
  sequence: Type.Integer({ description: 'Ask for what is after it with `since`' }),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

/** One user's feed: newest first, or all changes after a sequence, oldest first. */
export const feedQueries =
  ({ reader }: { reader: FeedReader }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/feed/:userId',
      config: { permission: 'feed:read' },
      schema: {
        tags: ['Feed'],
        summary: 'The in-app feed of a user; with `since`, what has changed after that sequence (archived items too), oldest first',
        params: Type.Object({ userId: UserId }),
        querystring: ListQuery({ since: Type.Optional(Type.Integer({ minimum: 0 })) }),
        response: { 200: FeedPage },
      },
      handler: async (request) => {
        const { userId } = request.params;
        const { limit, cursor, since } = request.query;
        await readYourWrites(request, reader.reached);
        if (since !== undefined) {
          const { data } = await reader.since(userId, since, limit);
          const items = data.map(({ item }) => item);
          return { data: items, ...(await reader.counts(userId)), sequence: items.at(-1)?.sequence ?? since, nextCursor: null };
        }
        // The sequence before the items: what changes in between is told again, and never left out.
        const sequence = await reader.head(userId);
        const { data, next } = await reader.page(userId, { limit, ...(cursor && { after: cursor }) });
        return { data: data.map(({ item }) => item), ...(await reader.counts(userId)), sequence, nextCursor: next ?? null };
      },
    });
  };
