import { EventEmitter, once } from 'node:events';
import { type AppendResult, beforeAll, type Delivery, type EventStore, type Filter, type NewEvent, type StoredEvent } from './event-store.ts';

/** The port in memory, for tests without a server; it passes the same contract. `events` is all there is, and may be tampered with. */
export type MemoryStore = EventStore & { events: StoredEvent[] };

export const memoryStore = (): MemoryStore => {
  const events: StoredEvent[] = [];
  const grown = new EventEmitter().setMaxListeners(0);
  const streams = new Map<string, StoredEvent[]>();

  const append = (stream: string, expected: number | 'no_stream' | 'any', added: readonly NewEvent[]): AppendResult => {
    const there = streams.get(stream) ?? [];
    const at = expected === 'any' ? there.length : expected === 'no_stream' ? 0 : expected + 1;
    const again = there.slice(at, at + added.length);
    const last = again.at(-1);
    if (last && again.length === added.length && again.every(({ id }, index) => id === added[index]?.id))
      return { appended: true, revision: last.revision, position: last.position };
    if (at !== there.length) return { appended: false };
    // Through JSON, as a server would have it.
    for (const { id, type, data, metadata } of added) {
      const event: StoredEvent = {
        id,
        stream,
        revision: there.length,
        position: BigInt(events.length),
        type,
        data: overTheWire(data),
        metadata: overTheWire(metadata),
        at: new Date().toISOString(),
      };
      there.push(event);
      events.push(event);
    }
    streams.set(stream, there);
    grown.emit('grown');
    return { appended: true, revision: there.length - 1, position: BigInt(events.length - 1) };
  };

  async function* subscribe({ after, filter, signal }: Parameters<EventStore['subscribe']>[0]): AsyncGenerator<Delivery> {
    let next = after === 'end' ? events.length : Number(after) + 1;
    for (let caughtUp = false; !signal.aborted; ) {
      const event = events[next];
      if (event) {
        next++;
        if (accepts(filter, event)) yield { kind: 'event', event };
        else yield { kind: 'checkpoint', position: event.position };
      } else if (!caughtUp) {
        caughtUp = true;
        yield { kind: 'caught_up' };
      } else await once(grown, 'grown', { signal }).catch(() => {});
    }
  }

  return {
    events,
    append: async (stream, expected, added) => append(stream, expected, added),
    read: async function* (stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      yield* (streams.get(stream) ?? []).slice(from, from + limit);
    },
    readAll: async function* ({ after, filter, limit = Number.POSITIVE_INFINITY }) {
      yield* events.filter((event) => event.position > after && accepts(filter, event)).slice(0, limit);
    },
    subscribe,
    head: async () => events.at(-1)?.position ?? beforeAll,
    close: async () => {},
  };
};

const overTheWire = (value: object): unknown => JSON.parse(JSON.stringify(value));

const accepts = (filter: Filter | undefined, { stream, type }: StoredEvent): boolean => {
  if (!filter) return true;
  return 'streamPrefixes' in filter
    ? filter.streamPrefixes.some((prefix) => stream.startsWith(prefix))
    : filter.typePrefixes.some((prefix) => type.startsWith(prefix));
};
