import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Feed, FeedCommand, FeedEvent, FeedRejection, Mark } from '../../domain/notification/feed.ts';
import type { Context } from '../../platform/context.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { ownFeed, UserId } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Uuid } from '../../platform/http/schemas.ts';
import { v5 } from '../../platform/name-based-uuid.ts';

type WholesaleMark = 'seen' | 'read' | 'archived';
/** `more`: further items could be marked, by asking again. */
type Selected = { ids: readonly string[]; more: boolean };

/** Which items a feed has, as its read model knows. */
export type FeedSelection = {
  /** Those of the ids that are none of the user's. */
  missing: (userId: string, ids: readonly string[]) => Promise<readonly string[]>;
  /** The newest items without the mark that had come up to a sequence, at most `limit`. */
  upTo: (userId: string, mark: WholesaleMark, sequence: number, limit: number) => Promise<Selected>;
};

export type FeedHandler = Handler<Feed, FeedCommand, FeedEvent, FeedRejection>;

export type FeedRoutes = { feeds: Pick<FeedHandler, 'handle'>; items: FeedSelection };

const ByIds = Closed({ ids: Type.Array(Uuid, { minItems: 1, maxItems: 500 }) });
const UpTo = Closed({ upTo: Type.Integer({ minimum: 0, description: 'The `sequence` that the reader has seen: everything that had come by then' }) });

const wholesale: Record<string, WholesaleMark> = { seen: 'seen', read: 'read', archive: 'archived' };
const takenBack: Record<string, Mark> = { unread: 'unread', unarchive: 'unarchived' };
/** As many as one request marks, so that none takes longer than a caller waits. */
const idsARequest = 10_000;
// One event of ids stays far below the event store's limit.
const idsAnEvent = 2_000;

const Marked = Type.Object({
  marked: Type.Integer({ description: 'How many items were named' }),
  more: Type.Boolean({ description: `Whether there were more than the ${idsARequest} that one request marks: ask again for the rest` }),
});

/** Marking items of a feed, and taking that back. Repeating it changes nothing. */
export const feedRoutes =
  ({ feeds, items }: FeedRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const route = (verb: string, summary: string, body: typeof ByIds | ReturnType<typeof anySelection>, mark: Mark, select: Select) =>
      app.route({
        method: 'POST',
        url: `/api/v1/feed/:userId/${verb}`,
        config: { permission: 'feed:write', own: ownFeed },
        schema: { tags: ['Feed'], summary, params: Type.Object({ userId: UserId }), body, response: { 200: Marked } },
        handler: async (request, reply) => {
          const { userId } = request.params;
          const { ids, more } = await select(userId, request.body);
          const position = await markAll(userId, mark, ids, request.commandContext());
          if (position !== undefined) withPosition(reply, position);
          return { marked: ids.length, more };
        },
      });

    const byIds = async (userId: string, named: readonly string[]): Promise<Selected> => {
      const ids = [...new Set(named)];
      const missing = new Set(await items.missing(userId, ids));
      if (missing.size === 0) return { ids, more: false };
      throw problem(404, 'feed_item_not_found', {
        detail: 'The feed of this user has no such item.',
        errors: named.flatMap((id, index) => (missing.has(id) ? [{ path: `ids.${index}`, message: 'is no item of this feed' }] : [])),
      });
    };

    const markAll = async (userId: string, mark: Mark, ids: readonly string[], context: Context): Promise<bigint | undefined> => {
      let position: bigint | undefined;
      for (let from = 0; from < ids.length; from += idsAnEvent) {
        const commandId = from === 0 ? context.commandId : v5(String(from), context.commandId);
        const handled = await feeds.handle(userId, { type: 'Mark', mark, ids: ids.slice(from, from + idsAnEvent) }, { ...context, commandId });
        if (!('rejected' in handled)) position = handled.position;
        else if (handled.rejected !== 'nothing_marked') throw problem(422, handled.rejected);
      }
      return position;
    };

    for (const [verb, mark] of Object.entries(wholesale))
      route(verb, `Mark items as ${mark}: by id, or all up to a sequence`, anySelection(), mark, (userId, selection) =>
        'upTo' in selection ? items.upTo(userId, mark, selection.upTo, idsARequest) : byIds(userId, selection.ids),
      );
    for (const [verb, mark] of Object.entries(takenBack))
      route(verb, `Mark items as ${mark} again, by id`, ByIds, mark, (userId, selection) => byIds(userId, 'ids' in selection ? selection.ids : []));
  };
type Select = (userId: string, selection: { ids: string[] } | { upTo: number }) => Promise<Selected>;
const anySelection = () => Type.Union([ByIds, UpTo]);
