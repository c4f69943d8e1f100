import { describe, expect, it } from 'vitest';
import type { Tell } from './feed-hub.ts';
import type { Change, FeedItemView, FeedReader } from './feed-reader.ts';
import { type FeedSocket, type Frame, openSession, type SessionSettings } from './feed-session.ts';

type Item = Change & { item: FeedItemView };

/** A feed of one user as the read model would show it, and a hub that wakes at once. */
const feed = () => {
  const items = new Map<string, Item>();
  const watchers = new Set<Tell>();
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
    for (const tell of watchers) tell('look');
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
    watch: (_, tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
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
