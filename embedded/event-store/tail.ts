import type { StoredEvent } from './event.ts';
import { newSlotIndex } from './slot-index.ts';

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
  /** Where this id stands in the stream, among the events in memory; oldest first. */
  withId: (stream: string, id: string) => readonly StoredEvent[];
  /** Calls those who want to hear that something was pushed. */
  tell: () => void;
  onNews: (listener: () => void) => () => void;
};

// Enough for readers that keep up; more would only outlive the young generation and cost garbage collection.
const CAPACITY = 2_048;
const MAX_BYTES = 16 * 1024 * 1024;
const OVERHEAD = 256;

const bytesOf = ({ data, metadata }: StoredEvent): number => OVERHEAD + data.length + metadata.length;

export const newTail = (lastPosition: number): Tail => {
  const ring: ({ event: StoredEvent; frame: Buffer | undefined } | undefined)[] = new Array(CAPACITY);
  const slots = newSlotIndex(CAPACITY);
  const listeners = new Set<() => void>();
  let head = lastPosition;
  let floor = lastPosition + 1;
  let bytes = 0;

  const entry = (position: number) => {
    const found = position >= floor && position <= head ? ring[position % CAPACITY] : undefined;
    if (!found) throw new Error(`position ${position} is not in memory (${floor} to ${head})`);
    return found;
  };
  const dropOldest = () => {
    const { event, frame } = entry(floor);
    bytes -= bytesOf(event) + (frame?.length ?? 0);
    ring[floor % CAPACITY] = undefined;
    slots.remove(event.id, floor % CAPACITY);
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
        slots.add(event.id, head % CAPACITY);
        bytes += bytesOf(event);
      }
    },
    tell: () => {
      for (const listener of listeners) listener();
    },
    withId: (stream, id) => {
      const found: StoredEvent[] = [];
      for (const slot of slots.mayHold(id)) {
        const event = ring[slot]?.event;
        if (event?.id === id && event.stream === stream) found.push(event);
      }
      return found.sort((a, b) => a.position - b.position);
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
