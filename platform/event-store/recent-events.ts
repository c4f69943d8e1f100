import { beforeAll, type Position, type StoredEvent } from './event-store.ts';
import type { Recorded } from './recorded.ts';

/** An event in memory, decoded once for all who want it. */
export type Item = { stored: StoredEvent; recorded: Recorded | undefined };
/** What follows a position: the events that were wanted, and how far was looked. */
export type Batch = { items: readonly Item[]; upTo: Position };
export type Wanted = (type: string) => boolean;

/** The newest events of the log, in order, as the one subscription brings them. */
export type RecentEvents = {
  /** What follows the position, at most `max` wanted; undefined where older events than are kept would be needed. */
  after: (position: Position, wanted: Wanted, max: number) => Batch | undefined;
  push: (event: StoredEvent) => void;
  /** Nothing more comes up to here. */
  mark: (position: Position) => void;
  /** How far the log was seen. */
  seen: () => Position;
  /** Events after the position, and the first of them; undefined like `after`. */
  behind: (position: Position) => { events: number; first: StoredEvent | undefined } | undefined;
  /** Resolves with the next change or nudge that `matters` (told of the types that came; every one, if not given), after `withinMs` at the latest. */
  changed: (matters?: (types: readonly string[]) => boolean, withinMs?: number) => Promise<void>;
  /** Lets go of what was decoded: it holds what was personal then. */
  forgetDecoded: () => void;
  /** Asks all who wait for a change whether something else has changed that matters. */
  nudge: () => void;
};

/** `start`: after this position everything will be pushed. `keep`: as many events at least, twice as many at most. */
export const recentEvents = (start: Position, keep: number): RecentEvents => {
  let items: Item[] = [];
  // Items hold everything after `from`, up to `seen`.
  let [from, seen] = [start, start];
  const waiting = new Set<{ matters: ((types: readonly string[]) => boolean) | undefined; wake: () => void }>();
  // What has come in this turn of the event loop.
  let types = new Set<string>();
  let announcing = false;

  // Once for all of it, so that who follows gets it in one batch; whom it does not concern goes on sleeping.
  const announce = (): void => {
    if (announcing) return;
    announcing = true;
    setImmediate(() => {
      const came = [...types];
      types = new Set();
      announcing = false;
      for (const { matters, wake } of waiting) if (!matters || matters(came)) wake();
    });
  };
  const see = (position: Position): void => {
    if (position > seen) seen = position;
    announce();
  };

  return {
    after: (position, wanted, max) => {
      if (position < from) return undefined;
      const found = scan(items, firstAfter(items, position), wanted, max);
      return { items: found.items, upTo: found.upTo ?? later(seen, position) };
    },
    push: (stored) => {
      if (stored.position <= seen) return;
      items.push({ stored, recorded: undefined });
      types.add(stored.type);
      if (items.length > 2 * keep) {
        const dropped = items.length - keep;
        from = items[dropped - 1]?.stored.position ?? from;
        items = items.slice(dropped);
      }
      see(stored.position);
    },
    mark: see,
    seen: () => seen,
    behind: (position) => {
      if (position < from) return undefined;
      const first = firstAfter(items, position);
      return { events: items.length - first, first: items[first]?.stored };
    },
    changed: (matters, withinMs) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
          resolve();
        };
        const timer = withinMs === undefined ? undefined : setTimeout(wake, withinMs);
        const waiter = { matters, wake };
        waiting.add(waiter);
      }),
    forgetDecoded: () => {
      for (const item of items) {
        const { unsealed: _, ...stored } = item.stored;
        [item.stored, item.recorded] = [stored, undefined];
      }
    },
    nudge: announce,
  };
};

export const later = (a: Position, b: Position): Position => (a < b ? b : a);

/** From an index on; `upTo` is undefined where everything was looked at. */
export const scan = (items: readonly Item[], start: number, wanted: Wanted, max: number): { items: readonly Item[]; upTo: Position | undefined } => {
  const found: Item[] = [];
  for (let index = start; index < items.length; index++) {
    const item = items[index];
    if (!item || !wanted(item.stored.type)) continue;
    if (found.length === max) return { items: found, upTo: items[index - 1]?.stored.position ?? beforeAll };
    found.push(item);
  }
  return { items: found, upTo: undefined };
};

/** Index of the first event after the position: they are in order. */
export const firstAfter = (items: readonly Item[], position: Position): number => {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.stored.position ?? beforeAll) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
};
