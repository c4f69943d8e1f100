/** The port to the log: four functions, whatever serves them. Positions are those of `$all` (commit = prepare). */

export type Position = bigint;
/** Before every event: where a reader that has seen nothing starts. */
export const beforeAll: Position = -1n;
/** The revision that a stream must have for the append to happen: exact, or no stream at all, or whatever it is. */
export type ExpectedRevision = number | 'no_stream' | 'any';

/** Kept in every event beside its data. Names with `$` follow EventStoreDB's convention. */
export type EventMetadata = {
  /** The command that caused the event; the fold remembers it, so the same command again changes nothing. */
  commandId: string;
  /** SHA-256 of the request that the command came from: the same idempotency key with another body is refused. */
  requestHash?: string;
  /** Who did it: `key:<id>`, `jwt:<sub>`, `user:<id>`, `worker:<name>`, `provider:<name>`. */
  actor: string;
  /** When it was decided, RFC 3339 UTC: the time that read models and answers show. */
  at: string;
  /** W3C trace context of the request or job. */
  traceparent?: string;
  $correlationId: string;
  $causationId: string;
  /** Hash of the event before this one in its stream, empty for the first; and this event's own. */
  previousHash: string;
  hash: string;
};

/** As stored: `data` and `metadata` are JSON values, personal fields still sealed. */
export type StoredEvent = {
  id: string;
  stream: string;
  revision: number;
  position: Position;
  type: string;
  data: unknown;
  metadata: unknown;
  /** When the store took it, RFC 3339 UTC. */
  at: string;
  unsealed?: Unsealed;
};

export type NewEvent = { id: string; type: string; data: object; metadata: object; unsealed?: Unsealed };

/** The data before they were sealed, if they were, as long as this process has them. A function, so that no JSON of the event holds them. */
export type Unsealed = () => object;

export type AppendResult =
  | { appended: true; revision: number; position: Position }
  /** The stream was not at the expected revision. */
  | { appended: false };

/** Server-side filter: either stream-name prefixes or event-type prefixes. System events (`$…`) are always left out of `$all`. */
export type Filter = { streamPrefixes: readonly string[] } | { typePrefixes: readonly string[] };

/** What a subscription yields: events in order, positions up to which nothing more matches, and the moment it is live. */
export type Delivery = { kind: 'event'; event: StoredEvent } | { kind: 'checkpoint'; position: Position } | { kind: 'caught_up' };

export type EventStore = {
  /** The same events (by their ids) at the same place are stored once, however often. Throws `EventStoreUnavailable` after its time-out and an ambiguous-append check that found nothing sure. */
  append: (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => Promise<AppendResult>;
  /** A stream forwards from a revision (inclusive); nothing if it isn't there. */
  read: (stream: string, options?: { from?: number; limit?: number }) => AsyncIterable<StoredEvent>;
  /** `$all` forwards, after a position (exclusive), to the present end. */
  readAll: (options: { after: Position; filter?: Filter; limit?: number }) => AsyncIterable<StoredEvent>;
  /** `$all` for ever, after a position (exclusive): reconnects by itself with backoff and jitter until `signal` aborts. */
  subscribe: (options: { after: Position | 'end'; filter?: Filter; signal: AbortSignal }) => AsyncIterable<Delivery>;
  /** The position of the last event there is (`beforeAll` in an empty store). */
  head: () => Promise<Position>;
  close: () => Promise<void>;
};
