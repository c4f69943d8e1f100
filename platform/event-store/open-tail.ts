import type { Codec } from './codec.ts';
import { beforeAll, type EventStore, type Position } from './event-store.ts';
import { runFollower } from './follow.ts';
import type { HistoryPages } from './history-pages.ts';
import { type LiveLog, openLiveLog } from './live-log.ts';
import { type Item, later, type RecentEvents } from './recent-events.ts';
import type { Recorded } from './recorded.ts';
import type { Follower, Following, Tail } from './tail.ts';

/** Called as things happen; for metrics and logs. */
export type TailSignals = {
  /** A follower failed and will try again; `attempt` counts from 1 since its last success. */
  onFollowerError?: (name: string, error: unknown, attempt: number) => void;
  /** A follower fell behind and reads on its own, or has joined again. */
  onBehind?: (name: string, behind: boolean) => void;
  /** The log can't be read; it is tried again. */
  onStoreError?: (error: unknown) => void;
};

export type TailSettings = {
  store: EventStore;
  codec: Codec;
  signals?: TailSignals;
  /** Newest events kept in memory for who is near the head: as many at least, twice as many at most. */
  keep?: number;
  /** How long a follower may go without hearing that nothing for it has come. Milliseconds. */
  quietMs?: number;
};

type Running = { following: Following; behindSince: number | undefined };

/** Subscribes when the first follower comes. */
export const openTail = ({ store, codec, signals = {}, keep = 5_000, quietMs = 25 }: TailSettings): Tail => {
  const closing = new AbortController();
  const followers = new Map<string, Running>();
  const names = new Set<string>();
  const decode = decoder(codec);
  let opening: Promise<LiveLog> | undefined;
  let log: LiveLog | undefined;

  const live = async (): Promise<LiveLog> => {
    opening ??= openLiveLog({ store, keep, signal: closing.signal, onStoreError: (error) => signals.onStoreError?.(error) });
    log = await opening;
    return log;
  };

  const onBehind = (name: string, behind: boolean, pages: HistoryPages): void => {
    const running = followers.get(name);
    if (!running || behind === (running.behindSince !== undefined)) return;
    running.behindSince = behind ? Date.now() : undefined;
    signals.onBehind?.(name, behind);
    if ([...followers.values()].every(({ behindSince }) => behindSince === undefined)) pages.clear();
  };

  const join = async (follower: Follower): Promise<Following> => {
    const { name } = follower;
    const { recent, pages } = await live();
    const after = await follower.after();
    if (after !== 'end' && after > recent.seen()) await proveWithin(store, name, after);
    const following = runFollower(follower, after === 'end' ? recent.seen() : after, {
      recent,
      older: pages.after,
      decode,
      quietMs,
      onError: (error, attempt) => signals.onFollowerError?.(name, error, attempt),
      onBehind: (behind) => onBehind(name, behind, pages),
    });
    followers.set(name, { following, behindSince: undefined });
    const stop = async () => {
      await following.stop();
      followers.delete(name);
      names.delete(name);
    };
    return { ...following, stop };
  };

  return {
    follow: async (follower) => {
      if (names.has(follower.name)) throw new Error(`the tail has a follower named "${follower.name}" already`);
      names.add(follower.name);
      return join(follower).catch((error: unknown) => {
        names.delete(follower.name);
        throw error;
      });
    },
    // Who is behind may have been given what the subscription has yet to bring.
    seen: () => (log ? later(log.recent.seen(), log.pages.read()) : beforeAll),
    lag: () => new Map([...followers].map(([name, running]) => [name, log ? lagOf(running, log.recent) : { events: 0, ms: 0 }])),
    close: async () => {
      closing.abort();
      await Promise.all([...followers.values()].map(({ following }) => following.stop()));
    },
  };
};

const proveWithin = async (store: EventStore, name: string, after: Position): Promise<void> => {
  const head = await store.head();
  if (after > head)
    throw new Error(
      `the checkpoint of "${name}" (${after}) lies beyond the end of the log (${head}): the event store is another one, or was restored to an earlier state. ` +
        `Connect the right one, or rebuild "${name}".`,
    );
};

/** Decodes each event once, whoever asks first; the others wait for it. */
const decoder = (codec: Codec) => {
  let last: Promise<unknown> = Promise.resolve();
  const decodeMissing = async (items: readonly Item[]): Promise<void> => {
    const missing = items.filter(({ recorded }) => recorded === undefined);
    if (missing.length === 0) return;
    const decoded = await codec.decode(missing.map(({ stored }) => stored));
    for (const [index, item] of missing.entries()) {
      const recorded = decoded[index];
      if (recorded) item.recorded = recorded;
    }
  };
  return async (items: readonly Item[]): Promise<readonly Recorded[]> => {
    if (items.some(({ recorded }) => recorded === undefined)) {
      const mine = last.then(() => decodeMissing(items));
      last = mine.catch(() => {});
      await mine;
    }
    return items.flatMap(({ recorded }) => recorded ?? []);
  };
};

// What is older than the buffer can't be counted without reading it: positions then stand for events.
const lagOf = ({ following, behindSince }: Running, recent: RecentEvents): { events: number; ms: number } => {
  const position = following.position();
  const near = recent.behind(position);
  if (!near) return { events: Number(recent.seen() - position), ms: Date.now() - (behindSince ?? Date.now()) };
  return { events: near.events, ms: near.first ? Math.max(0, Date.now() - Date.parse(near.first.at)) : 0 };
};
