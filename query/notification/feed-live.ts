import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { WebSocket } from '@fastify/websocket';
import { Type } from 'typebox';
import { UserId } from '../../platform/http/notification/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { openFeedHub } from './feed-hub.ts';
import type { FeedReader } from './feed-reader.ts';
import { openSession, type SessionSettings } from './feed-session.ts';

export type FeedLive = {
  items: Pick<ReadModel<FeedItem>, 'onChanged'>;
  reader: FeedReader;
  /** A socket that doesn't answer one ping before the next is dead. */
  heartbeatMs?: number;
  pollMs?: number;
} & Pick<SessionSettings, 'pageSize' | 'maxBuffered' | 'slowAfterMs'>;

/** `WS /api/v1/feed/:userId/live`: the feed as it changes. */
export const feedLive =
  ({ items, reader, heartbeatMs = 30_000, pollMs, ...limits }: FeedLive): FastifyPluginAsyncTypebox =>
  async (app) => {
    const onError = (err: unknown) => app.log.warn({ err }, 'a live feed could not be read; its readers will come back');
    const hub = openFeedHub({ items, reader, onError, ...(pollMs !== undefined && { pollMs }) });
    const sockets = openHeartbeat(heartbeatMs);
    app.addHook('preClose', async () => {
      hub.close();
      sockets.stop();
    });

    app.route({
      method: 'GET',
      url: '/api/v1/feed/:userId/live',
      config: { permission: 'feed:read' },
      schema: {
        tags: ['Feed'],
        summary: 'WebSocket: a snapshot, or what came after `since`, then every change, as frames with a sequence',
        params: Type.Object({ userId: UserId }),
        querystring: Closed({ since: Type.Optional(Type.Integer({ minimum: 0 })) }),
      },
      handler: async () => {
        throw problem(400, 'websocket_required', { detail: 'This address speaks WebSocket: ask for an upgrade, or read GET /api/v1/feed/:userId.' });
      },
      wsHandler: (socket, request) => {
        const { userId } = request.params;
        const session = openSession(socket, userId, request.query.since, { reader, hub, onError, ...limits });
        sockets.add(socket);
        socket.on('close', () => {
          sockets.remove(socket);
          session.close();
        });
      },
    });
  };

/** One timer for all sockets. */
const openHeartbeat = (everyMs: number) => {
  const answered = new Map<WebSocket, boolean>();
  const timer = setInterval(() => {
    for (const [socket, alive] of answered) {
      if (!alive) {
        socket.terminate();
        continue;
      }
      answered.set(socket, false);
      socket.ping();
    }
  }, everyMs).unref();
  return {
    add: (socket: WebSocket) => {
      answered.set(socket, true);
      socket.on('pong', () => answered.set(socket, true));
    },
    remove: (socket: WebSocket) => answered.delete(socket),
    stop: () => clearInterval(timer),
  };
};
