import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, FeedItemView, FeedReader } from './feed-reader.ts';
import { type FeedSocket, type Frame, openSession, type SessionSettings } from './feed-session.ts';

type Item = Change & { item: FeedItemView };

/** A feed of one user as the read model would show it, and a hub that wakes at once. */
const feed = () => {
  const items = new Map<string, Item>();
  const watchers = new Set<() => void>();
  let position = 0;
  /** One event, which may change several items. */
  const put = (ids: string | readonly string[], read: boolean) => {
    position += 1;
    for (const id of [ids].flat()) {
      const added = items.get(id)?.added ?? position;
      const words = { notificationId: id, title: id, body: '', url: null, category: 'c', template: null, at: '' };
      items.set(id, { added, item: { id, ...words, seen: read, read, archived: false, sequence: position } });
    }
  };
  const wake = () => {
    for (const changed of watchers) changed();
  };
  const all = () => [...items.values()];
  const reader: Pick<FeedReader, 'head' | 'page' | 'since' | 'counts'> = {
    head: async () => Math.max(0, ...all().map(({ item }) => item.sequence)),
    page: async (_, { limit }) => ({
      data: all()
        .sort((a, b) => b.added - a.added)
        .slice(0, limit),
    }),
    since: async (_, sequence, limit) => {
      const later = all()
        .filter(({ item }) => item.sequence > sequence)
        .sort((a, b) => a.item.sequence - b.item.sequence);
      const cut = later[limit - 1]?.item.sequence ?? 0;
      const page = later.filter(({ item }, index) => index < limit || item.sequence === cut);
      return { data: page, more: later.length > page.length };
    },
    counts: async () => ({ unseen: all().filter(({ item }) => !item.seen).length, unread: all().filter(({ item }) => !item.read).length }),
  };
  const hub: SessionSettings['hub'] = {
    watch: (_, changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
  return { reader, hub, put, wake, items, watchers };
};

const socketOf = (flush = true) => {
  const frames: Frame[] = [];
  const closed: [number, string][] = [];
  const socket: FeedSocket & { bufferedAmount: number } = {
    bufferedAmount: 0,
    send: (text, flushed) => {
      frames.push(JSON.parse(text));
      if (flush) queueMicrotask(() => flushed());
    },
    close: (code, reason) => closed.push([code, reason]),
    terminate: () => {},
  };
  return { socket, frames, closed };
};

const settings = ({ reader, hub }: ReturnType<typeof feed>): SessionSettings => ({
  reader,
  hub,
  onError: (error) => {
    throw error;
  },
});

/** The feed as somebody knows it who has read the frames of one session. Who was cut off in an event may be told of it again. */
const known = (frames: readonly Frame[], before: ReadonlyMap<string, FeedItemView>, resumed: boolean) => {
  let items = new Map(before);
  const told = new Set<string>();
  for (const frame of frames) {
    if (frame.type === 'snapshot') items = new Map(frame.data.map((item) => [item.id, item]));
    if (frame.type !== 'added' && frame.type !== 'updated') continue;
    const { id, sequence } = frame.item;
    expect(told.has(`${id} ${sequence}`), `${id} is told twice in one session`).toBe(false);
    if (!resumed) expect(frame.type === 'added', `${id} is ${frame.type}`).toBe(!items.has(id));
    told.add(`${id} ${sequence}`);
    items.set(id, frame.item);
  }
  return items;
};

describe('a live feed', () => {
  it('begins with a snapshot, then tells each change and the counts', async () => {
    const one = feed();
    one.put('a', false);
    const { socket, frames } = socketOf();
    openSession(socket, 'u1', undefined, settings(one));
    await expect.poll(() => frames.length).toBe(1);
    one.put('b', false);
    one.wake();
    await expect.poll(() => frames.length).toBe(3);
    one.put('a', true);
    one.wake();
    await expect.poll(() => frames.length).toBe(5);
    expect(frames).toEqual([
      { type: 'snapshot', sequence: 1, data: [expect.objectContaining({ id: 'a' })], unseen: 1, unread: 1 },
      { type: 'added', sequence: 2, item: expect.objectContaining({ id: 'b' }) },
      { type: 'counts', sequence: 2, unseen: 2, unread: 2 },
      { type: 'updated', sequence: 3, item: expect.objectContaining({ id: 'a', read: true }) },
      { type: 'counts', sequence: 3, unseen: 1, unread: 1 },
    ]);
  });

  it('goes on after a sequence, and says so even where nothing has come', async () => {
    const one = feed();
    one.put('a', false);
    one.put('b', false);
    const [first, second] = [socketOf(), socketOf()];
    openSession(first.socket, 'u1', 1, settings(one));
    openSession(second.socket, 'u1', 2, settings(one));
    await expect.poll(() => first.frames.length + second.frames.length).toBe(3);
    expect(first.frames).toMatchObject([
      { type: 'added', item: { id: 'b' } },
      { type: 'counts', sequence: 2 },
    ]);
    expect(second.frames).toMatchObject([{ type: 'counts', sequence: 2, unread: 2 }]);
  });

  it('names no sequence to resume after before all of it is told', async () => {
    const one = feed();
    one.put('a', false);
    one.put(['b', 'c', 'd'], false);
    const first = socketOf();
    openSession(first.socket, 'u1', 1, settings(one));
    await expect.poll(() => first.frames.length).toBe(4);
    expect(first.frames.map(({ sequence }) => sequence)).toEqual([1, 1, 2, 2]);
    const again = socketOf();
    openSession(again.socket, 'u1', first.frames[1]?.sequence, settings(one));
    await expect.poll(() => again.frames).toEqual(first.frames);
  });

  it('begins anew for a sequence that it never gave', async () => {
    const one = feed();
    one.put('a', false);
    const { socket, frames } = socketOf();
    openSession(socket, 'u1', 99, settings(one));
    await expect.poll(() => frames).toMatchObject([{ type: 'snapshot', sequence: 1 }]);
  });

  it('stops watching when the socket closes', async () => {
    const one = feed();
    const { socket, frames } = socketOf();
    const session = openSession(socket, 'u1', undefined, settings(one));
    await expect.poll(() => frames.length).toBe(1);
    session.close();
    one.put('a', false);
    one.wake();
    expect(one.watchers.size).toBe(0);
    expect(frames).toHaveLength(1);
  });

  it('drops who does not read, with a code, and lets them resume', async () => {
    const one = feed();
    one.put('a', false);
    const stuck = socketOf(false);
    openSession(stuck.socket, 'u1', undefined, { ...settings(one), slowAfterMs: 1 });
    await expect.poll(() => stuck.closed).toEqual([[4008, expect.stringContaining('since')]]);
    const full = socketOf();
    full.socket.bufferedAmount = 11;
    openSession(full.socket, 'u1', undefined, { ...settings(one), maxBuffered: 10 });
    await expect.poll(() => full.closed).toEqual([[4008, expect.stringContaining('since')]]);
  });

  it('ends the connection rather than fall silent when the read model cannot be read', async () => {
    const one = feed();
    const errors: unknown[] = [];
    const broken = { ...one.reader, page: () => Promise.reject(new Error('away')) };
    const { socket, closed } = socketOf();
    openSession(socket, 'u1', undefined, { ...settings(one), reader: broken, onError: (error) => errors.push(error) });
    await expect.poll(() => closed).toEqual([[1011, expect.any(String)]]);
    expect(errors).toHaveLength(1);
  });
});

describe('whatever changes while a reader comes and goes', () => {
  it('reaches the reader once, in order, without a gap', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }), read: fc.boolean() }),
      { weight: 2, arbitrary: fc.constant({ kind: 'wake' as const }) },
      fc.record({ kind: fc.constant('reconnect' as const), lost: fc.nat({ max: 5 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), fc.scheduler(), async (steps, pageSize, scheduler) => {
        const one = feed();
        const scheduled = {
          head: scheduler.scheduleFunction(one.reader.head),
          page: scheduler.scheduleFunction(async (userId: string) => one.reader.page(userId, { limit: 100 })),
          since: scheduler.scheduleFunction(one.reader.since),
          counts: scheduler.scheduleFunction(one.reader.counts),
        };
        let seen: ReadonlyMap<string, FeedItemView> = new Map();
        let last: number | undefined;
        let resumed = false;
        let current = socketOf();
        const connect = () => openSession(current.socket, 'u1', last, { ...settings(one), reader: scheduled, pageSize });
        let session = connect();
        const readAll = () => {
          expect(current.frames.map(({ sequence }) => sequence)).toEqual(current.frames.map(({ sequence }) => sequence).sort((a, b) => a - b));
          seen = known(current.frames, seen, resumed);
          last = current.frames.at(-1)?.sequence ?? last;
        };
        for (const step of steps) {
          if (step.kind === 'put') one.put(step.ids, step.read);
          if (step.kind === 'wake') one.wake();
          if (step.kind === 'reconnect') {
            session.close();
            // What was on its way is lost with the connection.
            current.frames.splice(Math.max(0, current.frames.length - step.lost));
            readAll();
            resumed = last !== undefined;
            current = socketOf();
            session = connect();
          }
          if (scheduler.count() > 0) await scheduler.waitOne();
        }
        one.wake();
        await scheduler.waitIdle();
        readAll();
        session.close();
        expect([...seen.values()].sort((a, b) => a.id.localeCompare(b.id))).toEqual(
          [...one.items.values()].map(({ item }) => item).sort((a, b) => a.id.localeCompare(b.id)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
