import type { ProposedEvent } from './event.ts';
import type { KnownIds } from './log.ts';

/** How a write ends. Revisions and positions are those of its last event. */
export type Outcome =
  | { outcome: 'written'; revision: number; position: number }
  /** An append of no events: where the stream stands, -1 if it isn't there. */
  | { outcome: 'nothing'; revision: number }
  | { outcome: 'wrong-version'; actual: number }
  | { outcome: 'deleted' }
  /** Its time was over; if it was under way, it may still come to be. */
  | { outcome: 'timed-out' }
  /** Refused by the database: nothing was written. */
  | { outcome: 'refused'; reason: string }
  /** The database was lost: it may have been written. */
  | { outcome: 'lost'; reason: string };

/** Something to write to one stream, and who waits for it. */
export type Write = {
  readonly kind: 'append' | 'delete' | 'tombstone';
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly ProposedEvent[];
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** Called once. */
  readonly answer: (outcome: Outcome) => void;
};

/** A write that waits for its answer. */
export type Prepared = {
  readonly write: Write;
  readonly base: string;
  readonly bytes: number;
  /** What was looked up for it: ids in the table, complete up to position `asOf`. */
  known: { ids: KnownIds; asOf: number } | undefined;
  answered: boolean;
};
