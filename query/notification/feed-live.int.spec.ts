import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { adminKey, appForTests } from '../../platform/http/app-for-tests.ts';
import { feedItemsInMemory } from './feed-items.fixture.ts';
import { type FeedLive, feedLive } from './feed-live.ts';
import { feedReader } from './feed-reader.ts';
import type { Frame } from './feed-session.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** A feed of one user in memory, as a read model shows it, and the live route on a real socket. */
const started = async (settings: Partial<FeedLive> & { elsewhere?: boolean; expiresAt?: number } = {}) => {
  const { elsewhere = false, expiresAt, ...live } = settings;
  const { items, add: put, tellAll } = feedItemsInMemory();
  const serve = async () => {
    ({ app } = await appForTests({
      service: 'notification',
      websocket: true,
      authenticate: () => caller,
      routes: [feedLive({ items, reader: feedReader(items), ...live })],
    }));
    return app.listen({ port: 0, host: '127.0.0.1' });
  };
  let count = 0;
  const add = (body: string) => {
    put('u1', `i${++count}`, body);
    if (!elsewhere) tellAll();
  };
  const caller = { id: 'user:u1', permissions: ['feed:own'], subject: 'u1', ...(expiresAt !== undefined && { expiresAt }) };
  let url = await serve();
  const connect = async ({ since, ...options }: { autoPong?: boolean; since?: number } = {}) => {
    const query = since === undefined ? '' : `?since=${since}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed/u1/live${query}`, { headers: { authorization: `Bearer ${adminKey}` }, ...options });
    const frames: Frame[] = [];
    const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)] as const);
    socket.on('message', (text) => frames.push(JSON.parse(String(text))));
    await expect.poll(() => frames.length).toBeGreaterThan(0);
    return { socket, frames, closed };
  };
  /** Another process in its place. */
  const restart = async (meanwhile: () => void) => {
    await app?.close();
    meanwhile();
    url = await serve();
  };
  return { add, connect, restart };
};

describe('a live feed over a real socket', () => {
  it('drops who does not read, with a code that says so', async () => {
    const { add, connect } = await started({ slowAfterMs: 3_000, maxBuffered: 50_000_000 });
    const stuck = await connect();
    const reading = await connect();
    stuck.socket.pause();
    const long = 'x'.repeat(4_000_000);
    for (let n = 0; n < 5; n++) add(long);
    await expect.poll(() => reading.frames.at(-1), { timeout: 60_000 }).toMatchObject({ type: 'counts', sequence: 5 });
    await expect.poll(() => [...(app?.websocketServer.clients ?? [])].map(({ readyState }) => readyState), { timeout: 60_000 }).toContain(WebSocket.CLOSING);
    // The farewell waits behind what was not read: so long as the other side comes to read at all, it learns why.
    stuck.socket.resume();
    expect(await stuck.closed).toEqual([4008, expect.stringContaining('since')]);
    expect(reading.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('ends a socket that has fallen silent', async () => {
    const { connect } = await started({ heartbeatMs: 30 });
    const [dead, alive] = [await connect({ autoPong: false }), await connect()];
    expect((await dead.closed)[0]).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('answers the pings of a page, and takes nothing else', async () => {
    const { connect } = await started();
    const { socket, closed } = await connect();
    socket.send('{"type":"ping"}');
    const [pong] = await once(socket, 'message');
    expect(String(pong)).toBe('{"type":"pong"}');
    socket.send('{"type":"read"}');
    expect(await closed).toEqual([1003, expect.stringContaining('ping')]);
  });

  it('ends with the token that it was opened with', async () => {
    const { connect } = await started({ heartbeatMs: 300, expiresAt: Date.now() + 200 });
    const { closed } = await connect();
    expect(await closed).toEqual([4001, expect.stringContaining('token')]);
  });

  it('shows what another process has built', async () => {
    const { add, connect } = await started({ elsewhere: true, pollMs: 10 });
    const { frames } = await connect();
    add('from elsewhere');
    await expect
      .poll(() => frames.slice(1))
      .toMatchObject([
        { type: 'added', item: { body: 'from elsewhere' } },
        { type: 'counts', sequence: 1 },
      ]);
  });

  it('goes on where it was when the server has been replaced', async () => {
    const { add, connect, restart } = await started();
    add('before');
    const { frames: before, closed } = await connect();
    await restart(() => add('meanwhile'));
    expect((await closed)[0]).toBe(1001);
    const { frames } = await connect({ since: before.at(-1)?.sequence ?? 0 });
    await expect
      .poll(() => frames)
      .toMatchObject([
        { type: 'added', item: { body: 'meanwhile' } },
        { type: 'counts', sequence: 2, unseen: 2 },
      ]);
    add('afterwards');
    await expect.poll(() => frames.at(-1)).toMatchObject({ type: 'counts', sequence: 3, unseen: 3 });
  });

  it('says goodbye when the server goes away', async () => {
    const { connect } = await started();
    const { closed } = await connect();
    await app?.close();
    expect((await closed)[0]).toBe(1001);
  });
});
