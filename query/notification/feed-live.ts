import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { WebSocket } from '@fastify/websocket';
import { Type } from 'typebox';
import { ownFeed, UserId } from '../../platform/http/notification/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { openFeedHub } from './feed-hub.ts';
import type { FeedReader } from './feed-reader.ts';
import { closeCodes, openSession, type SessionSettings } from './feed-session.ts';

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
      config: { permission: 'feed:read', own: ownFeed },
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
        const session = openSession(socket, request.params.userId, request.query.since, { reader, hub, onError, ...limits });
        answerPings(socket);
        sockets.add(socket, request.caller.expiresAt);
        socket.on('close', () => {
          sockets.remove(socket);
          session.close();
        });
      },
    });
  };

/**
 * Browsers show their pages no pings of the protocol, so a page sends its own to learn that the line is still there. There is nothing else
 * to be said to this socket.
 */
const answerPings = (socket: WebSocket): void => {
  socket.on('message', (data, isBinary) => {
    if (!isBinary && String(data) === '{"type":"ping"}') socket.send('{"type":"pong"}');
    else socket.close(closeCodes.unsupported, 'this socket takes {"type":"ping"} only');
  });
};

const slices = 30;

/**
 * One timer for all sockets, which come in turn: 5,000 pings in one moment would delay what others wait for. It ends those that are dead, and
 * those whose token has expired.
 */
const openHeartbeat = (everyMs: number) => {
  const sockets = new Map<WebSocket, { slice: number; alive: boolean; expiresAt: number }>();
  let turn = 0;
  const beat = () => {
    turn = (turn + 1) % slices;
    const now = Date.now();
    for (const [socket, its] of sockets) {
      if (its.expiresAt <= now) socket.close(closeCodes.expired, 'the token has expired: come back with another, and with since');
      if (its.slice !== turn) continue;
      if (!its.alive) {
        socket.terminate();
        continue;
      }
      its.alive = false;
      socket.ping();
    }
  };
  const timer = setInterval(beat, everyMs / slices).unref();
  return {
    add: (socket: WebSocket, expiresAt = Number.POSITIVE_INFINITY) => {
      const its = { slice: sockets.size % slices, alive: true, expiresAt };
      sockets.set(socket, its);
      socket.on('pong', () => {
        its.alive = true;
      });
    },
    remove: (socket: WebSocket) => sockets.delete(socket),
    stop: () => clearInterval(timer),
  };
};
