import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type News, openFeedHub } from './feed-hub.ts';
import { feedItemsInMemory } from './feed-items.fixture.ts';
import { feedReader } from './feed-reader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

/** A hub over a read model; `asked` counts its queries. */
const given = async () => {
  const feed = feedItemsInMemory();
  const reader = feedReader(feed.items);
  const asked = { changes: 0, countsOf: 0 };
  let broken = false;
  const hub = openFeedHub({
    items: feed.items,
    reader: {
      head: reader.head,
      changes: async (sequence) => {
        if (broken) throw new Error('away');
        asked.changes += 1;
        return reader.changes(sequence);
      },
      countsOf: async (users) => {
        asked.countsOf += 1;
        return reader.countsOf(users);
      },
    },
    pollMs: 1_000,
    onError: () => {},
  });
  const told: string[] = [];
  const text = (news: News) => (typeof news === 'string' ? news : `${news.changes.map(({ item }) => item.id).join()} unseen ${news.counts.unseen}`);
  const watch = (userId: string) => hub.watch(userId, (news) => told.push(`${userId}: ${text(news)}`));
  const toldSince = () => told.splice(0);
  return { ...feed, hub, watch, toldSince, asked, setBroken: (value: boolean) => (broken = value) };
};

it('tells at once of what changed in this process, and only who watches that feed', async () => {
  const { hub, watch, add, tellAll, toldSince, listeners } = await given();
  const unwatch = watch('u1');
  watch('u2');
  await settled();
  // What came between their own first read and the hub's they see for themselves.
  expect(toldSince()).toEqual(['u1: look', 'u2: look']);
  add('u1', 'a');
  tellAll();
  await settled();
  expect(toldSince()).toEqual(['u1: a unseen 1']);
  unwatch();
  add('u1', 'b');
  tellAll();
  await settled();
  expect(toldSince()).toEqual([]);
  hub.close();
  expect(listeners.size).toBe(0);
});

it('has who watches a feed begin anew when its items are gone', async () => {
  const { watch, add, erase, tellAll, toldSince } = await given();
  for (const user of ['u1', 'u2']) watch(user);
  add('u1', 'a');
  add('u2', 'b');
  tellAll();
  await settled();
  toldSince();
  erase('u1');
  tellAll();
  await settled();
  expect(toldSince()).toEqual(['u1: begin anew']);
});

it('reads what has changed once, however many watch', async () => {
  const { watch, add, mark, tellAll, toldSince, asked } = await given();
  for (let n = 0; n < 100; n++) for (let tab = 0; tab < 2; tab++) watch(`u${n}`);
  await settled();
  toldSince();
  for (let n = 0; n < 100; n++) add(`u${n}`, `item-${n}`);
  mark('u7', 'FeedItemsRead', ['item-7']);
  const before = { ...asked };
  tellAll();
  await settled();
  expect(toldSince()).toHaveLength(200);
  expect([asked.changes - before.changes, asked.countsOf - before.countsOf]).toEqual([1, 1]);
});

it('finds by itself what another process has built, however much', async () => {
  const { hub, watch, add, mark, toldSince } = await given();
  for (const user of ['u1', 'u2']) watch(user);
  await settled();
  toldSince();
  const ids = Array.from({ length: 700 }, (_, index) => `item-${index}`);
  for (const id of ids) add('u2', id);
  add('u1', 'a');
  await vi.advanceTimersByTimeAsync(1_000);
  // What does not fit in one page, who watches must read.
  expect(toldSince()).toEqual(['u2: look', 'u2: '.concat(`${ids.slice(500).join()} unseen 700`), 'u1: a unseen 1']);
  mark('u2', 'FeedItemsSeen', ids);
  add('u1', 'b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(toldSince()).toEqual(['u2: look', 'u1: b unseen 2']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(toldSince()).toEqual([]);
  hub.close();
});

it('goes on after the read model was away, without a gap', async () => {
  const { hub, watch, add, toldSince, setBroken } = await given();
  watch('u1');
  await settled();
  toldSince();
  setBroken(true);
  add('u1', 'a');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(toldSince()).toEqual([]);
  setBroken(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(toldSince()).toEqual(['u1: a unseen 1']);
  hub.close();
});
