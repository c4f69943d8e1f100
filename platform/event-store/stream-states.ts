import type { DomainEvent } from '../../domain/event.ts';
import type { Aggregate } from './aggregate.ts';
import type { Codec } from './codec.ts';
import type { EventStore, StoredEvent } from './event-store.ts';
import { advance, empty, type Folded } from './folded.ts';
import { lru } from './lru.ts';
import { passingMap } from './passing-map.ts';
import type { Recorded } from './recorded.ts';
import { openWatchers } from './watchers.ts';

/** The folded streams of one aggregate in this process, and who waits for which. */
export type StreamStates<S, E extends DomainEvent> = {
  stream: (id: string) => string;
  /** What is known without asking; perhaps not the newest. */
  cached: (id: string) => Folded<S> | undefined;
  initial: () => Folded<S>;
  /** Reads what came after and folds it on. */
  readOn: (id: string, from: Folded<S>) => Promise<Folded<S>>;
  /** Keeps a state unless a newer one is there, and tells who watches. */
  remember: (id: string, folded: Folded<S>) => void;
  forget: (id: string) => void;
  /** While `work` runs, events from the tail that can't be folded yet are remembered, so that no stale state stays in the cache. */
  during: <T>(id: string, work: () => Promise<T>) => Promise<T>;
  /** Called with each newer state until the returned function is called. */
  watch: (id: string, listener: (folded: Folded<S>) => void) => () => void;
  /** An event seen on the tail. */
  feed: (event: Recorded) => Promise<void>;
  /** Decodes events that must be of this aggregate. */
  decode: (events: readonly StoredEvent[]) => Promise<readonly Recorded<E>[]>;
};

const chunk = 500;

export const streamStates = <S, C, E extends DomainEvent, R extends string>(
  { category, decider, catalogue }: Aggregate<S, C, E, R>,
  { store, codec, cacheSize, cacheMs }: { store: EventStore; codec: Codec; cacheSize: number; cacheMs: number },
): StreamStates<S, E> => {
  const cache = lru<Folded<S>>(cacheSize);
  const watchers = openWatchers<Folded<S>>();
  const working = passingMap<{ count: number; seen: number }>();
  const stream = (id: string) => `${category}-${id}`;
  const isOurs = (event: Recorded): event is Recorded<E> => event.type in catalogue;

  const decode = async (events: readonly StoredEvent[]): Promise<readonly Recorded<E>[]> =>
    (await codec.decode(events)).map((event) => {
      if (isOurs(event)) return event;
      throw new Error(`${event.stream} holds an event of another aggregate: "${event.type}"`);
    });

  const remember = (id: string, folded: Folded<S>): void => {
    // The tail has shown more than this state has: who asks next must read.
    const stale = folded.version < (working.get(id)?.seen ?? 0);
    if (!stale && (cache.peek(id)?.version ?? 0) < folded.version) cache.set(id, folded);
    watchers.tell(id, folded);
  };

  // Watchers see the state after each command, as those saw it who gave the command.
  const foldOn = (id: string, from: Folded<S>, events: readonly Recorded<E>[]): Folded<S> => {
    let folded = from;
    for (const [index, event] of events.entries()) {
      folded = advance(decider, folded, event);
      if (events[index + 1]?.metadata.commandId !== event.metadata.commandId) remember(id, folded);
    }
    return folded;
  };

  const readOn = async (id: string, from: Folded<S>): Promise<Folded<S>> => {
    let folded = from;
    let events: StoredEvent[] = [];
    for await (const event of store.read(stream(id), { from: from.version })) {
      if (events.push(event) < chunk) continue;
      folded = foldOn(id, folded, await decode(events));
      events = [];
    }
    return events.length > 0 ? foldOn(id, folded, await decode(events)) : folded;
  };

  const during = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const mine = working.get(id) ?? { count: 0, seen: 0 };
    mine.count++;
    working.set(id, mine);
    try {
      return await work();
    } finally {
      if (--mine.count === 0) working.delete(id);
    }
  };
  // A state holds what was personal when it was folded: it is folded anew from time to time, without those who were erased since.
  const cached = (id: string): Folded<S> | undefined => {
    const folded = cache.get(id);
    if (!folded || Date.now() - folded.since <= cacheMs) return folded;
    cache.delete(id);
    return undefined;
  };
  const readOnSafely = (id: string, from: Folded<S>) => during(id, () => readOn(id, from));

  const feed = async (event: Recorded): Promise<void> => {
    if (!isOurs(event)) return;
    const id = event.streamId;
    const known = cache.peek(id) ?? (event.revision === 0 && (working.has(id) || watchers.has(id)) ? empty(decider.initialState) : undefined);
    if (known && event.revision < known.version) return;
    if (known?.version === event.revision) return remember(id, advance(decider, known, event));
    cache.delete(id);
    const work = working.get(id);
    if (work) work.seen = Math.max(work.seen, event.revision + 1);
    if (watchers.has(id)) await readOnSafely(id, empty(decider.initialState));
  };

  return {
    stream,
    cached,
    initial: () => empty(decider.initialState),
    readOn: readOnSafely,
    remember,
    forget: cache.delete,
    during,
    watch: watchers.watch,
    feed,
    decode,
  };
};
