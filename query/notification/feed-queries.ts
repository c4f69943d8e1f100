import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Category, FeedItemBody, ownFeed, UserId } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { ListQuery } from '../../platform/http/schemas.ts';
import type { FeedReader } from './feed-reader.ts';

const FeedPage = Type.Object({
  data: Type.Array(FeedItemBody),
  unseen: Type.Integer({ description: 'Of the whole feed but what is archived, whatever is filtered by' }),
  unread: Type.Integer(),
  sequence: Type.Integer({ description: 'Ask for what is after it with `since`' }),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

const filters = {
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'What has changed after this sequence; goes with `limit` alone' })),
  archived: Type.Boolean({ default: false, description: 'The archived items instead of the others' }),
  unread: Type.Boolean({ default: false, description: 'Only what is unread' }),
  category: Type.Optional(Category),
};

/** One user's feed: newest first, or all changes after a sequence, oldest first. */
export const feedQueries =
  ({ reader }: { reader: FeedReader }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/feed/:userId',
      config: { permission: 'feed:read', own: ownFeed },
      schema: {
        tags: ['Feed'],
        summary: 'The in-app feed of a user; with `since`, what has changed after that sequence (archived items too), oldest first',
        params: Type.Object({ userId: UserId }),
        querystring: ListQuery(filters),
        response: { 200: FeedPage },
      },
      handler: async (request) => {
        const { userId } = request.params;
        const { limit, cursor, since, archived, unread, category } = request.query;
        refuse(archived && unread, 'unread', 'asks for what is not archived');
        refuse(since !== undefined && (archived || unread || category !== undefined || cursor !== undefined), 'since', 'goes with limit alone');
        await readYourWrites(request, reader.reached);
        if (since !== undefined) {
          const { data } = await reader.since(userId, since, limit);
          const items = data.map(({ item }) => item);
          return { data: items, ...(await reader.counts(userId)), sequence: items.at(-1)?.sequence ?? since, nextCursor: null };
        }
        // The sequence before the items: what changes in between is told again, and never left out.
        const sequence = await reader.head(userId);
        const shelf = { archived, unread, ...(category !== undefined && { category }) };
        const { data, next } = await reader.page(userId, { limit, ...(cursor && { after: cursor }), ...shelf });
        return { data: data.map(({ item }) => item), ...(await reader.counts(userId)), sequence, nextCursor: next ?? null };
      },
    });
  };

const refuse = (wrong: boolean, parameter: string, message: string): void => {
  if (wrong) throw problem(400, 'invalid_request', { detail: `${parameter} ${message}.`, errors: [{ path: `query.${parameter}`, message }] });
};
