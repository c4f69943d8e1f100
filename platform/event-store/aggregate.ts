import type { Decider } from '../../domain/decider.ts';
import type { DomainEvent, EventCatalogue } from '../../domain/event.ts';
import type { Context } from '../context.ts';
import type { Position } from './event-store.ts';
import type { Recorded } from './recorded.ts';

/** One kind of stream: its category (`payment` → `payment-<id>`), its rules, and what the codec must know of its events. */
export type Aggregate<S, C, E extends DomainEvent, R extends string> = {
  category: string;
  decider: Decider<S, C, E, R>;
  catalogue: EventCatalogue<E>;
};

/** The state after the last event folded; `version` counts events from 1, `createdAt` and `updatedAt` are those of the first and last. */
export type Loaded<S> = { state: S; version: number; position: Position; createdAt: string; updatedAt: string };

/** `replayed`: the command had been carried out before, with the same request; `state` is then the present one. */
export type Handled<S, R extends string> = (Loaded<S> & { replayed: boolean }) | { rejected: R | 'idempotency_key_reused' };

/** The write side of one aggregate: what `handler(store, aggregate, …)` gives. */
export type Handler<S, C, E extends DomainEvent, R extends string> = {
  /** Fold from the cache, decide, append at that revision. Conflicts are retried; a rejection or an empty answer from a stale cache is decided again. */
  handle: (id: string, command: C, context: Context) => Promise<Handled<S, R>>;
  /** The present state, read from the store beyond what the cache holds; undefined where there is no stream. */
  load: (id: string) => Promise<Loaded<S> | undefined>;
  /**
   * As `load`, without a read where the tail keeps what this process has in memory current: what others have done in this very moment may
   * be missing.
   */
  current: (id: string) => Promise<Loaded<S> | undefined>;
  /** What this process has in memory, without a read: as new as its own writes, and perhaps newer. */
  inMemory: (id: string) => Loaded<S> | undefined;
  /** The whole history, oldest first, and whether each hash and link of the chain holds. */
  history: (id: string) => Promise<{ events: readonly Recorded<E>[]; verified: boolean }>;
  /**
   * Resolves with the state once `settled` holds of it, woken by the tail (or at once); undefined after `timeoutMs`.
   * With `replayOf` (a command id) the state is the earliest in the history, from that command's events on, for which it holds.
   */
  waitUntil: (
    id: string,
    settled: (state: S) => boolean,
    options: { timeoutMs: number; replayOf?: string; signal?: AbortSignal },
  ) => Promise<Loaded<S> | undefined>;
};
