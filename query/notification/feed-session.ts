import type { FeedHub, Tell } from './feed-hub.ts';
import type { Change, Counts, FeedItemView, FeedReader } from './feed-reader.ts';

/**
 * What goes over the socket. Whoever has a frame has all up to its `sequence`, and resumes with `?since=` it. `added` and `updated` both
 * mean: this is the item now; who was cut off in the middle of a change may be told of it again, by either name.
 */
export type Frame =
  | ({ type: 'snapshot'; sequence: number; data: FeedItemView[] } & Counts)
  | { type: 'added' | 'updated'; sequence: number; item: FeedItemView }
  | ({ type: 'counts'; sequence: number } & Counts);

/** Why the server ends a connection, beside 1001 when it goes away itself. All but `unsupported` mean: come back with the last sequence. */
export const closeCodes = { unsupported: 1003, failed: 1011, expired: 4001, slow: 4008 } as const;

/** The part of a WebSocket that is used. */
export type FeedSocket = {
  readonly bufferedAmount: number;
  send: (text: string, flushed: (error?: Error | null) => void) => void;
  close: (code: number, reason: string) => void;
  terminate: () => void;
};

export type SessionSettings = {
  reader: Pick<FeedReader, 'head' | 'page' | 'since' | 'counts'>;
  hub: Pick<FeedHub, 'watch'>;
  onError: (error: unknown) => void;
  pageSize?: number;
  /** Who leaves more than this unread, in bytes, or anything for that long, is dropped. */
  maxBuffered?: number;
  slowAfterMs?: number;
};

export type Session = { close: () => void };

/**
 * Keeps one socket in step with one user's feed: first a snapshot, or what came after `since`, then every change once, in order. While it is
 * in step the hub's news are sent as they come; else it reads the read model itself, after the last sequence sent.
 */
export const openSession = (socket: FeedSocket, userId: string, since: number | undefined, settings: SessionSettings): Session => {
  const { reader, hub, onError, pageSize = 100 } = settings;
  const link = openLink(socket, settings);
  let last = since ?? 0;
  // Up to here every item was told of; and which ones were since then, in the pages sent so far.
  let whole = last;
  const told = new Set<string>();
  // Items that the snapshot showed newer than its own sequence, where the feed never stood still.
  let ahead: ReadonlyMap<string, number> = new Map();
  let anew = since === undefined;
  let state: 'in step' | 'working' | 'working, and behind' = 'working, and behind';

  // Items newer than the snapshot's sequence would come again: it is read anew until there are none.
  const snapshot = async (tries = 20): Promise<void> => {
    anew = false;
    last = await reader.head(userId);
    const { data } = await reader.page(userId, { limit: pageSize });
    const newer = data.filter(({ item }) => item.sequence > last);
    if (newer.length > 0 && tries > 0) return snapshot(tries - 1);
    whole = last;
    ahead = new Map(newer.map(({ item }) => [item.id, item.sequence]));
    await link.send([{ type: 'snapshot', sequence: last, data: data.map(({ item }) => item), ...(await reader.counts(userId)) }]);
  };

  const show = async (data: readonly Change[], more: boolean, counts: Counts): Promise<void> => {
    const news = data.filter(({ item }) => ahead.get(item.id) !== item.sequence);
    let complete = last;
    const frames = news.map(({ added, item }, index): Frame => {
      // One event may change many items: only the last of them is a place to resume after.
      if (news[index + 1]?.item.sequence !== item.sequence) complete = item.sequence;
      return { type: isNew(item.id, added) ? 'added' : 'updated', sequence: complete, item };
    });
    last = data.at(-1)?.item.sequence ?? last;
    if (more) for (const { item } of news) told.add(item.id);
    else {
      whole = last;
      told.clear();
    }
    await link.send([...frames, { type: 'counts', sequence: last, ...counts }]);
  };
  // Between two pages an item that wasn't told of yet may have moved on to a later one.
  const isNew = (id: string, added: number) => !ahead.has(id) && (added > last || (added > whole && !told.has(id)));

  const catchUp = async (): Promise<void> => {
    if (anew) return snapshot();
    const { data, more } = await reader.since(userId, last, pageSize);
    if (data.length > 0) await show(data, more, await reader.counts(userId));
    if (more) return catchUp();
  };
  const begin = async (): Promise<void> => {
    if (anew) return snapshot();
    const { data, more } = await reader.since(userId, last, pageSize);
    // A sequence from before the log was replaced, or the person forgotten, says nothing; nor does one that precedes all there was.
    if (data.length === 0 && (last === 0 || last > (await reader.head(userId)))) return snapshot();
    await show(data, more, await reader.counts(userId));
    if (more) return catchUp();
  };

  const work = async (first: () => Promise<void>): Promise<void> => {
    try {
      state = 'working';
      await first();
      while (isBehind() && link.isOpen()) {
        state = 'working';
        await catchUp();
      }
    } catch (error) {
      onError(error);
      link.end(closeCodes.failed, 'the feed could not be read: come back with since');
    }
    state = 'in step';
  };
  const isBehind = (): boolean => state === 'working, and behind';

  const tell: Tell = (news) => {
    if (news === 'begin anew') anew = true;
    if (state !== 'in step') state = 'working, and behind';
    else if (typeof news === 'string') void work(catchUp);
    else {
      const fresh = news.changes.filter(({ item }) => item.sequence > last);
      if (fresh.length > 0) void work(() => show(fresh, false, news.counts));
    }
  };
  // Watching begins before the first read, so nothing falls between the two.
  const unwatch = hub.watch(userId, tell);
  void work(begin);
  return {
    close: () => {
      unwatch();
      link.closed();
    },
  };
};

/** Sends and waits until it has left, so that at most one page is under way; drops who doesn't take it. */
const openLink = (socket: FeedSocket, { maxBuffered = 1_000_000, slowAfterMs = 10_000 }: SessionSettings) => {
  let open = true;
  let goOn: () => void = () => {};
  const closed = () => {
    open = false;
    goOn();
  };
  const end = (code: number, reason: string) => {
    if (!open) return;
    closed();
    socket.close(code, reason);
    // Who doesn't read doesn't read the farewell either.
    setTimeout(() => socket.terminate(), 5_000).unref();
  };
  const tooSlow = () => end(closeCodes.slow, 'too slow: come back with since');
  return {
    isOpen: () => open,
    end,
    closed,
    send: async (frames: readonly Frame[]): Promise<void> => {
      if (!open) return;
      const { promise: flushed, resolve } = Promise.withResolvers<void>();
      goOn = resolve;
      for (const [index, frame] of frames.entries()) socket.send(JSON.stringify(frame), index === frames.length - 1 ? () => resolve() : () => {});
      const timer = setTimeout(tooSlow, slowAfterMs).unref();
      if (socket.bufferedAmount > maxBuffered) tooSlow();
      await flushed;
      clearTimeout(timer);
    },
  };
};
