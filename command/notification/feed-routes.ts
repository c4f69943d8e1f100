import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Feed, FeedCommand, FeedEvent, Mark } from '../../domain/notification/feed.ts';
import type { Context } from '../../platform/context.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { UserId } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Uuid } from '../../platform/http/schemas.ts';
import { v5 } from '../../platform/name-based-uuid.ts';

/** Which items a feed has, as its read model knows. */
export type FeedSelection = {
  /** Those of the ids that are none of the user's. */
  missing: (userId: string, ids: readonly string[]) => Promise<readonly string[]>;
  /** The ids of all items without the mark that had come up to a sequence. */
  upTo: (userId: string, mark: Mark, sequence: number) => Promise<readonly string[]>;
};

export type FeedHandler = Handler<Feed, FeedCommand, FeedEvent, never>;

export type FeedRoutes = { feeds: Pick<FeedHandler, 'handle'>; items: FeedSelection };

const Selection = Type.Union([
  Closed({ ids: Type.Array(Uuid, { minItems: 1, maxItems: 500 }) }),
  Closed({ upTo: Type.Integer({ minimum: 0, description: 'The `sequence` that the reader has seen: everything that had come by then' }) }),
]);

const marks: Record<string, Mark> = { seen: 'seen', read: 'read', archive: 'archived' };
// One event of ids stays far below the event store's limit.
const idsAnEvent = 2_000;

/** Marking items of a feed as seen, read or archived. Repeating it changes nothing. */
export const feedRoutes =
  ({ feeds, items }: FeedRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const [verb, mark] of Object.entries(marks)) {
      app.route({
        method: 'POST',
        url: `/api/v1/feed/:userId/${verb}`,
        config: { permission: 'feed:write' },
        schema: {
          tags: ['Feed'],
          summary: `Mark items as ${mark}: by id, or all up to a sequence`,
          params: Type.Object({ userId: UserId }),
          body: Selection,
          response: { 200: Type.Object({ marked: Type.Integer({ description: 'How many items were named' }) }) },
        },
        handler: async (request, reply) => {
          const { userId } = request.params;
          const ids = await select(userId, mark, request.body);
          const position = await markAll(userId, mark, ids, request.commandContext());
          if (position !== undefined) withPosition(reply, position);
          return { marked: ids.length };
        },
      });
    }

    const select = async (userId: string, mark: Mark, selection: { ids: string[] } | { upTo: number }): Promise<readonly string[]> => {
      if ('upTo' in selection) return items.upTo(userId, mark, selection.upTo);
      const ids = [...new Set(selection.ids)];
      const missing = new Set(await items.missing(userId, ids));
      if (missing.size === 0) return ids;
      throw problem(404, 'feed_item_not_found', {
        detail: 'The feed of this user has no such item.',
        errors: selection.ids.flatMap((id, index) => (missing.has(id) ? [{ path: `ids.${index}`, message: 'is no item of this feed' }] : [])),
      });
    };

    const markAll = async (userId: string, mark: Mark, ids: readonly string[], context: Context): Promise<bigint | undefined> => {
      let position: bigint | undefined;
      for (let from = 0; from < ids.length; from += idsAnEvent) {
        const commandId = from === 0 ? context.commandId : v5(String(from), context.commandId);
        const handled = await feeds.handle(userId, { type: 'Mark', mark, ids: ids.slice(from, from + idsAnEvent) }, { ...context, commandId });
        if ('rejected' in handled) throw problem(422, handled.rejected);
        position = handled.position;
      }
      return position;
    };
  };
