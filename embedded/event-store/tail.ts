import type { StoredEvent } from './event.ts';

/** The newest events, in memory: live subscribers read here, and repeated event ids are recognised here. Bounded; older ones are in the table. */
export type Tail = {
  /** The last position there is. */
  head: () => number;
  /** The first position in memory; head + 1 if there is none. */
  floor: () => number;
  at: (position: number) => StoredEvent;
  /** What `make` makes of the event, made once. */
  frame: (position: number, make: (event: StoredEvent) => Buffer) => Buffer;
  push: (events: readonly StoredEvent[]) => void;
  /** Where this id stands in the stream, among the events in memory and those announced; oldest first. */
  withId: (stream: string, id: string) => readonly StoredEvent[];
  /** Events about to be written: their ids count from now on, until `withdraw`. */
  announce: (event: StoredEvent) => void;
  withdraw: (events: readonly StoredEvent[]) => void;
  /** Called after each push. */
  onPush: (listener: () => void) => () => void;
};

// Enough for readers that keep up; more would only outlive the young generation and cost garbage collection.
const CAPACITY = 2_048;
const MAX_BYTES = 16 * 1024 * 1024;
const OVERHEAD = 256;
const NONE: readonly StoredEvent[] = [];

const bytesOf = ({ data, metadata }: StoredEvent): number => OVERHEAD + data.length + metadata.length;

export const newTail = (lastPosition: number): Tail => {
  const ring: ({ event: StoredEvent; frame: Buffer | undefined } | undefined)[] = new Array(CAPACITY);
  const byId = new Map<string, StoredEvent | StoredEvent[]>();
  const listeners = new Set<() => void>();
  let head = lastPosition;
  let floor = lastPosition + 1;
  let bytes = 0;

  const entry = (position: number) => {
    const found = position >= floor && position <= head ? ring[position % CAPACITY] : undefined;
    if (!found) throw new Error(`position ${position} is not in memory (${floor} to ${head})`);
    return found;
  };
  const unindex = (event: StoredEvent) => {
    const found = byId.get(event.id);
    if (found === event) byId.delete(event.id);
    else if (Array.isArray(found)) {
      const others = found.filter((other) => other !== event);
      const [only, second] = others;
      if (only && !second) byId.set(event.id, only);
      else byId.set(event.id, others);
    }
  };
  const dropOldest = () => {
    const { event, frame } = entry(floor);
    bytes -= bytesOf(event) + (frame?.length ?? 0);
    ring[floor % CAPACITY] = undefined;
    unindex(event);
    floor++;
  };
  return {
    head: () => head,
    floor: () => floor,
    at: (position) => entry(position).event,
    frame: (position, make) => {
      const found = entry(position);
      if (!found.frame) {
        found.frame = make(found.event);
        bytes += found.frame.length;
      }
      return found.frame;
    },
    push: (events) => {
      for (const event of events) {
        while (head - floor + 1 >= CAPACITY || (bytes > MAX_BYTES && floor <= head)) dropOldest();
        head = event.position;
        ring[head % CAPACITY] = { event, frame: undefined };
        bytes += bytesOf(event);
      }
      for (const listener of listeners) listener();
    },
    withId: (stream, id) => {
      const found = byId.get(id);
      if (!found) return NONE;
      if (Array.isArray(found)) return found.filter((event) => event.stream === stream);
      return found.stream === stream ? [found] : NONE;
    },
    announce: (event) => {
      const found = byId.get(event.id);
      if (!found) byId.set(event.id, event);
      else if (Array.isArray(found)) found.push(event);
      else byId.set(event.id, [found, event]);
    },
    withdraw: (events) => {
      for (const event of events) unindex(event);
    },
    onPush: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
