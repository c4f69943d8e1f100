import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FeedEvent } from '../../domain/notification/feed.ts';
import { openFeedHub } from './feed-hub.ts';
import { feedItemsInMemory } from './feed-items.fixture.ts';
import { type FeedItemView, type FeedReader, feedReader } from './feed-reader.ts';
import { type FeedSocket, type Frame, openSession } from './feed-session.ts';

/** A socket whose other side reads only when it is let; what it hasn't read when it closes is lost. */
const openLine = () => {
  const received: Frame[] = [];
  let unread: { text: string; flushed: () => void }[] = [];
  let reading = true;
  let closedWith: number | undefined;
  const flush = () => {
    const now = unread;
    unread = [];
    for (const { text, flushed } of now) {
      received.push(JSON.parse(text));
      flushed();
    }
  };
  const socket: FeedSocket = {
    get bufferedAmount() {
      return reading ? 0 : unread.reduce((sum, { text }) => sum + text.length, 0);
    },
    send: (text, flushed) => {
      unread.push({ text, flushed });
      if (reading) queueMicrotask(flush);
    },
    close: (code) => {
      closedWith = code;
    },
    terminate: () => {},
  };
  const setReading = (value: boolean) => {
    reading = value;
    if (reading && closedWith === undefined) flush();
  };
  return { socket, received, setReading, closedWith: () => closedWith };
};

type Settings = Omit<Parameters<typeof openSession>[3], 'onError'>;

/** One tab of a user: what it knows is what its frames have told it, through every connection. */
const openTab = (userId: string, settings: Settings) => {
  let items = new Map<string, FeedItemView>();
  let counts: { unseen: number; unread: number } | undefined;
  let last: number | undefined;
  const errors: unknown[] = [];
  const connect = () => {
    const line = openLine();
    const session = openSession(line.socket, userId, last, { ...settings, onError: (error) => errors.push(error) });
    return { line, session };
  };
  let current = connect();

  const readAll = () => {
    const told = new Set<string>();
    for (const frame of current.line.received) {
      if (frame.type !== 'snapshot') expect(frame.sequence).toBeGreaterThanOrEqual(last ?? 0);
      last = frame.sequence;
      if (frame.type === 'snapshot') items = new Map(frame.data.map((item) => [item.id, item]));
      if (frame.type === 'added' || frame.type === 'updated') {
        const change = `${frame.item.id} ${frame.item.sequence}`;
        expect(told, 'a change is told once in a connection').not.toContain(change);
        told.add(change);
        items.set(frame.item.id, frame.item);
      }
      if ('unread' in frame) counts = { unseen: frame.unseen, unread: frame.unread };
    }
  };
  const reconnect = (lost: number) => {
    current.session.close();
    const { received } = current.line;
    received.splice(Math.max(0, received.length - lost));
    readAll();
    current = connect();
  };
  return {
    setReading: (value: boolean) => current.line.setReading(value),
    reconnect,
    /** As a client does that was dropped. */
    resume: (): boolean => {
      const dropped = current.line.closedWith() !== undefined;
      if (dropped) reconnect(0);
      return dropped;
    },
    end: () => {
      readAll();
      current.session.close();
      expect(errors).toEqual([]);
      return { items: [...items.values()].filter(({ archived }) => !archived).sort((a, b) => (a.id < b.id ? -1 : 1)), counts, sequence: last };
    },
  };
};

const marks: FeedEvent['type'][] = ['FeedItemsSeen', 'FeedItemsRead', 'FeedItemsUnread', 'FeedItemsArchived', 'FeedItemsUnarchived'];
const users = ['u1', 'u2'];
const tab = fc.nat({ max: 3 });
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), user: fc.constantFrom(...users) }) },
  fc.record({
    kind: fc.constant('mark' as const),
    user: fc.constantFrom(...users),
    type: fc.constantFrom(...marks),
    ids: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1 }),
  }),
  { weight: 3, arbitrary: fc.constant({ kind: 'commit' as const }) },
  fc.record({ kind: fc.constant('erase' as const), user: fc.constantFrom(...users) }),
  fc.record({ kind: fc.constant('reconnect' as const), tab, lost: fc.nat({ max: 4 }) }),
  { weight: 3, arbitrary: fc.constant({ kind: 'settle' as const }) },
  fc.record({ kind: fc.constant('stall' as const), tab }),
  fc.record({ kind: fc.constant('read on' as const), tab }),
);

/** Of the socket: a little more than one item, or much. */
const limits = fc.record({ pageSize: fc.integer({ min: 1, max: 4 }), maxBuffered: fc.constantFrom(150, 600) });

/** Asked now, read some time later, answered later still. */
const scheduled = (reader: FeedReader, scheduler: fc.Scheduler) => {
  const slow =
    <A extends unknown[], R>(query: (...asked: A) => Promise<R>) =>
    async (...asked: A): Promise<R> => {
      await scheduler.schedule(Promise.resolve());
      return scheduler.schedule(query(...asked));
    };
  return {
    head: slow(reader.head),
    page: slow((userId: string) => reader.page(userId, { limit: 100 })),
    since: slow(reader.since),
    counts: slow(reader.counts),
    changes: slow(reader.changes),
    countsOf: slow(reader.countsOf),
  };
};

it('every tab of a feed ends as the feed is, whatever comes, breaks off or stalls meanwhile', async () => {
  let drops = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), limits, fc.scheduler(), async (steps, limits, scheduler) => {
      const { items, add, mark, erase, tellAll } = feedItemsInMemory();
      const erased = new Set<string>();
      const truth = feedReader(items);
      const reader = scheduled(truth, scheduler);
      const hub = openFeedHub({ items, reader, pollMs: 1_000_000, onError: (error) => expect(error).toBeUndefined() });
      const tabs = [0, 1, 2, 3].map((n) => openTab(users[n % 2] ?? '', { reader, hub, ...limits }));
      const resumeAll = () => {
        for (const one of tabs) if (one.resume()) drops += 1;
      };
      let count = 0;
      const idOf = (n: number) => `item-${n}`;
      for (const one of steps) {
        // Nothing comes for who is erased: there is no key to seal it with.
        if (one.kind === 'add' && !erased.has(one.user)) add(one.user, idOf(count++));
        if (one.kind === 'erase') {
          erase(one.user);
          erased.add(one.user);
        }
        if (one.kind === 'mark') mark(one.user, one.type, one.ids.map(idOf));
        if (one.kind === 'commit') tellAll();
        if (one.kind === 'reconnect') tabs[one.tab]?.reconnect(one.lost);
        if (one.kind === 'stall') tabs[one.tab]?.setReading(false);
        if (one.kind === 'read on') tabs[one.tab]?.setReading(true);
        if (one.kind === 'settle') await scheduler.waitIdle();
        if (scheduler.count() > 0) await scheduler.waitOne();
        resumeAll();
      }
      for (const one of tabs) one.setReading(true);
      tellAll();
      for (let quiet = false; !quiet; ) {
        await scheduler.waitIdle();
        resumeAll();
        quiet = scheduler.count() === 0;
      }
      for (const [n, one] of tabs.entries()) {
        const userId = users[n % 2] ?? '';
        const { data } = await truth.page(userId, { limit: 100 });
        const there = data.map(({ item }) => item).sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(one.end()).toEqual({ items: there, counts: await truth.counts(userId), sequence: await truth.head(userId) });
      }
      hub.close();
    }),
    { numRuns: 500 },
  );
  expect(drops, 'some were too slow').toBeGreaterThan(20);
});
