import type { Position } from './event-store.ts';
import type { Recorded } from './recorded.ts';

/**
 * Somebody who follows the log with a checkpoint of its own. `take` gets batches in order, one at a time; `upTo` is how far the log was
 * seen, matching or not (events may be empty). What it throws is tried again with backoff, for ever, with a metric.
 */
export type Follower = {
  name: string;
  /** Event types it wants; `all` wants every event of ours. */
  types: readonly string[] | 'all';
  /** Where to go on; `end` for who wants only what is new. */
  after: () => Promise<Position | 'end'>;
  take: (events: readonly Recorded[], upTo: Position) => Promise<void>;
  maxBatch: number;
};

export type Following = {
  /** How far `take` has succeeded. */
  position: () => Position;
  /** Resolves true once `position` has been reached, false after the time-out. */
  reached: (position: Position, timeoutMs: number) => Promise<boolean>;
  /** Finishes the batch in hand. */
  stop: () => Promise<void>;
};

/** One `$all` subscription feeds everybody near the head; who is behind catches up on its own reads, then joins, without gap or duplicate. */
export type Tail = {
  follow: (follower: Follower) => Promise<Following>;
  /** How far this process has seen the log; `beforeAll` until the first follower comes. What any follower was given is not beyond it. */
  seen: () => Position;
  /** Events and milliseconds behind the head, per follower, for metrics and health. */
  lag: () => ReadonlyMap<string, { events: number; ms: number }>;
  close: () => Promise<void>;
};
