// Readers of live feeds, and the notifications that come for them, in a process of their own.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { type Latencies, latencies } from '../harness/statistics.ts';
import { masterKey } from '../master-key.ts';

const { url, key, connectionString, postgresUrl } = settingsOf<{ url: string; key: string; connectionString: string; postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 2 });
const events = codec({ catalogues: [notificationCatalogue], personalData: await openPersonalData(pool, { masterKey }) });
const store = openEventStore({ connectionString });

type Tab = { socket: WebSocket; since: number };
let tabs: Tab[] = [];
/** Tabs of each user: a fifth of the users has two. */
const userOf = (tab: number, users: number): string => `reader-${tab % users}`;
let users = 0;
const taken: number[] = [];

const open = async (tab: number, since: number | undefined): Promise<Tab> => {
  const query = since === undefined ? '' : `?since=${since}`;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed/${userOf(tab, users)}/live${query}`, {
    headers: { authorization: `Bearer ${key}` },
    perMessageDeflate: false,
  });
  const mine: Tab = { socket, since: since ?? 0 };
  const [first] = await once(socket, 'message');
  mine.since = JSON.parse(String(first)).sequence;
  socket.on('message', (data) => {
    const now = Date.now();
    const frame = JSON.parse(String(data));
    mine.since = frame.sequence;
    if (frame.type === 'added') taken.push(now - Date.parse(frame.item.at));
  });
  return mine;
};

/** From 200 sides at the same time. */
const openAll = async (count: number, sinceOf: (tab: number) => number | undefined): Promise<{ seconds: number }> => {
  const begin = performance.now();
  const opened: Tab[] = [];
  let next = 0;
  const side = async (): Promise<void> => {
    for (let tab = next++; tab < count; tab = next++) opened[tab] = await open(tab, sinceOf(tab));
  };
  await Promise.all(Array.from({ length: 200 }, side));
  tabs = opened;
  return { seconds: (performance.now() - begin) / 1000 };
};

const notify = async (userId: string): Promise<void> => {
  const [deliveryId, commandId] = [randomUUID(), randomUUID()];
  const at = new Date().toISOString();
  const content = { title: 'Your order is on its way', body: 'It comes on Monday, between 8 and 12.', url: '/orders/1001' };
  const history: readonly NotificationEvent[] = [
    {
      type: 'NotificationRequested',
      data: { userId, template: null, content, category: 'orders', priority: 'normal', locale: 'en', deliveries: [{ id: deliveryId, channel: 'in_app' }] },
    },
    { type: 'InAppDelivered', data: { deliveryId, at, provider: 'feed', attempt: 1, userId, category: 'orders', template: null, content } },
  ];
  const stream = `notification-${randomUUID()}`;
  const sealed = await events.encode(
    stream,
    history.map((event) => ({ id: randomUUID(), ...event })),
  );
  const metadata = { commandId, actor: 'bench', at, $correlationId: commandId, $causationId: commandId, previousHash: '', hash: commandId };
  const result = await store.append(
    stream,
    'no_stream',
    sealed.map((event) => ({ ...event, metadata })),
  );
  if (!result.appended) throw new Error(`${stream} was there already`);
};

const methods = {
  connect: ({ sockets, of }: { sockets: number; of: number }) => {
    users = of;
    return openAll(sockets, () => undefined);
  },
  /** All lines break, and all come back at once from where they were. */
  reconnect: async (_: null): Promise<{ seconds: number }> => {
    const known = tabs.map(({ since }) => since);
    const closed = tabs.map(({ socket }) => once(socket, 'close'));
    for (const { socket } of tabs) socket.terminate();
    await Promise.all(closed);
    return openAll(known.length, (tab) => known[tab]);
  },
  /** Notifications at an even pace, each to another user; resolves when every tab of theirs has shown it. Milliseconds from the event's time to the frame. */
  notify: async ({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<Latencies & { frames: number; perSecond: number }> => {
    taken.length = 0;
    const sent: Promise<void>[] = [];
    let expected = 0;
    const begin = performance.now();
    for (let n = 0; n < perSecond * seconds; n++) {
      const wait = begin + (n * 1000) / perSecond - performance.now();
      if (wait > 0) await delay(wait);
      const user = Math.floor(Math.random() * users);
      expected += user + users < tabs.length ? 2 : 1;
      sent.push(notify(`reader-${user}`));
    }
    await Promise.all(sent);
    const elapsed = (performance.now() - begin) / 1000;
    for (let waited = 0; taken.length < expected; waited += 10) {
      if (waited > 10_000) throw new Error(`of ${expected} frames, ${expected - taken.length} have not come`);
      await delay(10);
    }
    await delay(200);
    if (taken.length > expected) throw new Error(`${expected} frames were to come, ${taken.length} came`);
    return { ...latencies(taken), frames: taken.length, perSecond: sent.length / elapsed };
  },
};
export type FeedReaders = typeof methods;

serve(methods, async () => {
  for (const { socket } of tabs) socket.terminate();
  await store.close();
  await pool.end();
});
