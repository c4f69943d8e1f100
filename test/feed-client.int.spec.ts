import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BreakableProxy, breakableProxy } from '../platform/event-store/breakable-proxy.ts';
import { houseKey, notificationHouse } from './support/notification-house.ts';

// A page's module: it has no types.
const { connectFeed } = await import(new URL('../console/feed-client.js', import.meta.url).href);

type Item = { id: string; title: string; seen: boolean; read: boolean };
type Shown = { items: Item[]; unseen: number; unread: number; sequence: number };
type Mark = (ids?: readonly string[]) => Promise<void>;
type Client = {
  markSeen: Mark;
  markRead: Mark;
  archive: Mark;
  markUnread: Mark;
  unarchive: Mark;
  list: (query?: object) => Promise<{ data: Item[]; nextCursor: string | null }>;
  close: () => void;
};

let house: Awaited<ReturnType<typeof notificationHouse>>;
let proxy: BreakableProxy;
beforeAll(async () => {
  house = await notificationHouse();
  proxy = await breakableProxy(Number(new URL(house.url).port));
});
afterAll(async () => {
  await proxy.close();
  await house.close();
});

const tokenOf = async (userId: string): Promise<string> => (await house.call('POST', `/api/v1/feed/${userId}/token`, {})).body.token;
const notify = async (userId: string, title: string) => {
  const content = { title, body: 'text' };
  expect((await house.call('POST', '/api/v1/notifications', { userId, channels: ['in_app'], content })).status).toBe(202);
};

/** A page with the feed of a user: what it shows, and what it was told of the line. */
const page = async (userId: string, { pingMs = 30_000, of = userId }: { pingMs?: number; of?: string } = {}) => {
  const token = await tokenOf(userId);
  const shown: Shown[] = [];
  const [added, states, renewals]: [string[], string[], boolean[]] = [[], [], []];
  let given = token;
  const client: Client = connectFeed({
    url: `http://127.0.0.1:${proxy.port}/`,
    userId: of,
    token: async (renew: boolean) => {
      renewals.push(renew);
      if (renew) given = token;
      return given;
    },
    onChange: (now: Shown) => shown.push(now),
    onAdded: ({ title }: Item) => added.push(title),
    onState: (name: string, detail: unknown) => states.push(detail instanceof Error && 'code' in detail ? `${name} ${detail.code}` : name),
    pingMs,
    retryMs: 20,
  });
  const titles = () => shown.at(-1)?.items.map(({ title }) => title);
  const spoilToken = () => {
    given = `${token}x`;
  };
  return { client, shown, added, states, renewals, titles, spoilToken, now: () => shown.at(-1) };
};

describe('the client of a feed in a page', () => {
  it('shows what is there and what comes, and keeps tabs in step', async () => {
    await notify('c-1', 'first');
    await expect.poll(async () => (await house.reader.counts('c-1')).unseen).toBe(1);
    const [one, other] = [await page('c-1'), await page('c-1')];
    await expect.poll(() => [one.titles(), other.titles()]).toEqual([['first'], ['first']]);
    await notify('c-1', 'second');
    await expect
      .poll(() => [one.titles(), other.titles()])
      .toEqual([
        ['second', 'first'],
        ['second', 'first'],
      ]);
    expect([one.added, other.added, one.now()?.unread]).toEqual([['second'], ['second'], 2]);
    await one.client.markRead();
    await expect.poll(() => other.now()).toMatchObject({ unseen: 0, unread: 0, items: [{ read: true }, { read: true }] });
    const [newest] = other.now()?.items ?? [];
    await other.client.markUnread([newest?.id ?? '']);
    await expect.poll(() => one.now()).toMatchObject({ unseen: 0, unread: 1 });
    await other.client.archive([newest?.id ?? '']);
    await expect.poll(() => one.titles()).toEqual(['first']);
    expect((await one.client.list({ archived: true })).data).toMatchObject([{ title: 'second' }]);
    await one.client.unarchive([newest?.id ?? '']);
    for (const { now } of [one, other]) await expect.poll(now).toMatchObject({ unseen: 0, unread: 1, items: [{ title: 'second' }, { title: 'first' }] });
    expect(one.now()).toEqual(other.now());
    for (const { client } of [one, other]) client.close();
  });

  it('comes back by itself, with what it has missed, each once', async () => {
    const { client, states, added, titles } = await page('c-2');
    await expect.poll(() => titles()).toEqual([]);
    proxy.refuse();
    await expect.poll(() => states.filter((state) => state === 'reconnecting').length).toBeGreaterThan(2);
    await notify('c-2', 'missed');
    await expect.poll(async () => (await house.reader.counts('c-2')).unseen).toBe(1);
    proxy.heal();
    await expect.poll(() => titles()).toEqual(['missed']);
    expect([states.at(-1), added]).toEqual(['live', ['missed']]);
    client.close();
  });

  it('misses nothing while the read model is built anew and taken over', async () => {
    const pages = [await page('c-7'), await page('c-7')];
    const expected: string[] = [];
    let rebuilt = false;
    const notifying = (async () => {
      while (!rebuilt || expected.length < 20) {
        await notify('c-7', `no. ${expected.length}`);
        expected.unshift(`no. ${expected.length}`);
      }
    })();
    expect(await house.rebuildFeeds()).toMatchObject({ equal: true, tookOver: true });
    rebuilt = true;
    await notifying;
    for (const one of pages) {
      await expect.poll(() => one.now()?.items.length).toBe(expected.length);
      expect(one.titles()?.toSorted()).toEqual(expected.toSorted());
      expect(one.added.toSorted()).toEqual(expected.toSorted());
      expect([one.now()?.unseen, one.states]).toEqual([expected.length, ['connecting', 'live']]);
      one.client.close();
    }
  });

  it('forgets who was erased', async () => {
    await notify('c-8', 'personal');
    const { client, titles, now, states } = await page('c-8');
    await expect.poll(titles).toEqual(['personal']);
    await house.call('POST', '/api/v1/feed/c-8/read', { ids: now()?.items.map(({ id }) => id) });
    await expect.poll(() => now()?.unread).toBe(0);
    const erased = await fetch(`${house.url}/api/v1/people/c-8`, { method: 'DELETE', headers: { authorization: `Bearer ${houseKey}` } });
    expect(erased.status).toBe(204);
    await expect.poll(titles).toEqual([]);
    expect(now()).toMatchObject({ unseen: 0, unread: 0, sequence: 0 });
    expect(states).toEqual(['connecting', 'live']);
    client.close();
  });

  it('notices a line that is dead', async () => {
    const { client, states, titles } = await page('c-3', { pingMs: 60 });
    await expect.poll(() => titles()).toEqual([]);
    // As long as pings are answered, the line is good.
    await expect.poll(() => states).toEqual(['connecting', 'live']);
    proxy.swallowAnswers();
    await expect.poll(() => states).toContain('reconnecting');
    proxy.cut();
    proxy.heal();
    await expect.poll(() => states.at(-1)).toBe('live');
    client.close();
  });

  it('asks for a new token when the old one is no longer taken', async () => {
    const { client, titles, spoilToken, renewals, states } = await page('c-4');
    await expect.poll(() => titles()).toEqual([]);
    spoilToken();
    proxy.cut();
    await expect.poll(() => renewals).toContain(true);
    await expect.poll(() => states.at(-1)).toBe('live');
    client.close();
  });

  it('gives up where it is refused, and says why', async () => {
    const { states, client } = await page('c-5', { of: 'c-6' });
    await expect.poll(() => states).toEqual(['connecting', 'refused forbidden']);
    await expect(client.markRead(['x'])).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    client.close();
  });
});
