// Where subscriptions take their events from: the table for what is past, memory for what is new.
import { isTombstoned } from './decide.ts';
import { type StoredEvent, TOMBSTONE } from './event.ts';
import { streamDeleted } from './failure.ts';
import type { Filter } from './filter.ts';
import { firstReadable, isSoftDeleted, oldestTicks } from './metadata.ts';
import { newPageSize } from './pages.ts';
import { headOf, type Store } from './read.ts';

/** What a subscription reads: past events by pages, and which of the live ones. Positions up to `done` have been seen to. */
export type Source = {
  /** The next page; `scanned` is how far it looked, in positions. */
  readonly page: () => Promise<{ events: readonly StoredEvent[]; scanned: number }>;
  readonly wants: (event: StoredEvent) => boolean;
  readonly done: () => number;
  /** That all up to this position has been seen to, live. */
  readonly advance: (position: number) => void;
  /** Whether what is live may be taken from memory yet: not before a stream's history has been looked at. */
  readonly mayJoin: () => boolean;
};

/** All events, or those that pass the filter, from this position on. */
export const allSource = ({ log, tail }: Store, first: number, filter: Filter | undefined): Source => {
  let done = first - 1;
  const size = newPageSize();
  const wants = filter ? filter.matches : () => true;
  const where = filter?.where;
  return {
    page: async () => {
      const from = done + 1;
      const limit = size.next();
      const to = where ? Math.min(tail.head(), done + SPAN) : tail.head();
      const events = await log.all({ from, to, limit, direction: 'forwards', ...(where && { where }) });
      size.seen(events);
      const last = events.at(-1);
      done = events.length < limit ? to : (last?.position ?? to);
      return { events: filter && !where ? events.filter(filter.matches) : events, scanned: done };
    },
    wants,
    done: () => done,
    advance: (position) => {
      done = position;
    },
    mayJoin: () => true,
  };
};

/** How many positions a filtered query looks through at most, so that checkpoints come even where nothing matches. */
const SPAN = 20_000;

/** A stream's events from this revision on; Infinity: what comes from now on. Its functions throw once the stream is tombstoned. */
export const streamSource = (store: Store, stream: string, first: number): Source => {
  const { log, tail } = store;
  const size = newPageSize();
  let revision = first === Infinity ? 0 : first;
  let done = first === Infinity ? tail.head() : 0;
  return {
    page: async () => {
      const upTo = tail.head();
      const head = await headOf(store, stream);
      if (isTombstoned(head)) throw streamDeleted(stream);
      if (head.revision < 0 || isSoftDeleted(head.metadata)) {
        done = upTo;
        return { events: [], scanned: done };
      }
      const from = Math.max(revision, firstReadable(head.metadata, head.revision));
      const limit = size.next();
      const events = await log.stream(stream, { from, to: Number.MAX_SAFE_INTEGER, upTo, limit, direction: 'forwards' });
      size.seen(events);
      const last = events.at(-1);
      if (last) revision = last.revision + 1;
      done = events.length < limit ? upTo : (last?.position ?? upTo);
      const oldest = oldestTicks(head.metadata, Date.now());
      return { events: events.filter(({ created }) => Number(created) >= oldest), scanned: done };
    },
    wants: (event) => {
      if (event.stream !== stream) return false;
      if (event.type === TOMBSTONE) throw streamDeleted(stream);
      if (event.revision < revision) return false;
      revision = event.revision + 1;
      return true;
    },
    done: () => done,
    advance: (position) => {
      done = position;
    },
    mayJoin: () => done > 0,
  };
};
