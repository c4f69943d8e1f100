import type { Collection, Stored } from '../platform/documents/document-store.ts';
import type { Position } from '../platform/event-store/event-store.ts';

/** What the read side sees of a projection: its documents, how far it is, and a call when some have changed. */
export type ReadModel<D extends object> = Pick<Collection<D>, 'get' | 'load' | 'find' | 'count' | 'countBy'> & {
  /** Resolves true once everything up to `position` is in it, false after the time-out. Works from any process. */
  reached: (position: Position, timeoutMs: number) => Promise<boolean>;
  /**
   * Called after each commit in this process with the documents that changed, and those removed, as they were; returns the unsubscriber. While somebody looks on, as
   * `isWatched` says, commits come soon after the events, where otherwise more events would gather for each.
   */
  onChanged: (listener: (changed: readonly Stored<D>[], removed: readonly Stored<D>[]) => void, isWatched?: () => boolean) => () => void;
};
