import {
  AccessDeniedError,
  type AllStreamSubscription,
  BACKWARDS,
  convertToCommandError,
  END,
  EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type RecordedEvent,
  START,
  StreamNotFoundError,
  streamNameFilter,
} from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';
import { readAnswer } from './append-wire.ts';
import { type AppendCall, batchAppend } from './batch-append.ts';
import { collect } from './collect.ts';
import {
  beforeAll,
  type Delivery,
  type EventStore,
  type ExpectedRevision,
  type Filter,
  type NewEvent,
  type Position,
  type StoredEvent,
} from './event-store.ts';
import { patiently } from './patiently.ts';
import { resubscribing } from './resubscribing.ts';
import { final, surelyAppend } from './sure-append.ts';

/** Called as things happen; for metrics and logs. */
export type EventStoreSignals = {
  /** An append ended without an answer, and is being looked for. */
  onAmbiguousAppend?: (stream: string, cause: unknown) => void;
  /** A subscription broke and will start again. `attempt` counts from 1 since the last delivery. */
  onReconnect?: (attempt: number, cause: unknown) => void;
};

export type EventStoreSettings = {
  /** `esdb://…`, the same for the embedded node and a cluster. */
  connectionString: string;
  /** One try of an append. Milliseconds. */
  appendTimeoutMs?: number;
  /** An append with all its checks and repetitions, after which it throws. Milliseconds. */
  appendOverallMs?: number;
  /** How long a read may bring nothing while somebody waits for it. Milliseconds. */
  readTimeoutMs?: number;
  signals?: EventStoreSignals;
};

/** The only door to `@eventstore/db-client`. One per process. Connects with the first call. */
export const openEventStore = ({
  connectionString,
  appendTimeoutMs = 5_000,
  appendOverallMs = 15_000,
  readTimeoutMs = 10_000,
  signals = {},
}: EventStoreSettings): EventStore => {
  const client = EventStoreDBClient.connectionString(connectionString);
  const closed = new AbortController();
  const reading = { idleMs: readTimeoutMs };

  const read: EventStore['read'] = (stream, { from = 0, limit } = {}) =>
    untilNotFound(
      patiently(() => client.readStream(stream, { fromRevision: BigInt(from), ...(limit !== undefined && { maxCount: limit }) }), {
        ...reading,
        what: `reading ${stream}`,
      }),
      stored,
    );

  const readPage = (after: Position, maxCount: number) =>
    patiently(() => client.readAll({ fromPosition: after === beforeAll ? START : { commit: after, prepare: after }, maxCount }), {
      ...reading,
      what: 'reading $all',
    });

  const head = async (): Promise<Position> => {
    for await (const { commitPosition, event } of patiently(() => client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1 }), {
      ...reading,
      what: 'reading the end of $all',
    }))
      return commitPosition ?? event?.position?.commit ?? beforeAll;
    return beforeAll;
  };

  const find = async (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => {
    const there =
      expected === 'any'
        ? await newest(client, stream)
        : await collect(read(stream, { from: expected === 'no_stream' ? 0 : expected + 1, limit: events.length }));
    const at = there.findIndex(({ id }) => id === events[0]?.id);
    const last = at < 0 ? undefined : there[at + events.length - 1];
    return last && { revision: last.revision, position: last.position };
  };

  const append = surelyAppend({
    attempt: batchAppend({ open: appendCalls(client), timeoutMs: appendTimeoutMs }),
    find,
    overallMs: appendOverallMs,
    hopeless,
    ...(signals.onAmbiguousAppend && { onAmbiguous: signals.onAmbiguousAppend }),
  });

  return {
    append,
    read,
    readAll: ({ after, filter, limit }) => pages(readPage, after, limit, accepts(filter)),
    subscribe: ({ after, filter, signal }) =>
      resubscribing({
        start: async () => (after === 'end' ? head() : after),
        open: (position, ending) => deliveries(client, position, filter, ending),
        signal: AbortSignal.any([signal, closed.signal]),
        ...(signals.onReconnect && { onReconnect: signals.onReconnect }),
      }),
    head,
    close: async () => {
      closed.abort();
      await client.dispose();
    },
  };
};

// The client's own way to a call (it brings discovery, TLS and reconnection), which its types keep for subclasses.
type OpensCalls = (Client: typeof StreamsClient, name: string, create: (client: StreamsClient) => AppendCall) => () => Promise<AppendCall>;
type CallArguments = (options: { requiresLeader: boolean }, call: CallOptions) => [Metadata, CallOptions];

const appendCalls = (client: EventStoreDBClient): (() => Promise<AppendCall>) => {
  const opensCalls: OpensCalls = Reflect.get(client, 'GRPCStreamCreator');
  const callArguments: CallArguments = Reflect.get(client, 'callArguments');
  const path = '/event_store.client.streams.Streams/BatchAppend';
  return opensCalls(StreamsClient, 'batchAppend', (streams) =>
    streams.makeBidiStreamRequest(
      path,
      (message: Buffer) => message,
      readAnswer,
      ...callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY }),
    ),
  );
};

const hopeless = (cause: unknown): Error | undefined => {
  if (!(cause instanceof Error)) return undefined;
  if (convertToCommandError(cause) instanceof AccessDeniedError)
    return final('the event store refuses this user: check the user and password in EVENTSTORE_URL', 'event_store_access_denied', cause);
  if ('code' in cause && cause.code === 12)
    return final('the event store has no BatchAppend: EventStoreDB 21.10 or later is needed', 'event_store_too_old', cause);
  return undefined;
};

type Resolved = { event?: RecordedEvent; commitPosition?: bigint };

const stored = ({ event, commitPosition }: Resolved): StoredEvent => {
  if (!event) throw new Error('the event store sent a link to nothing');
  const { id, streamId, revision, type, data, metadata, created, position } = event;
  return {
    id,
    stream: streamId,
    revision: Number(revision),
    position: commitPosition ?? position?.commit ?? beforeAll,
    type,
    data,
    metadata,
    at: created.toISOString(),
  };
};

async function* untilNotFound<T>(source: AsyncIterable<T>, convert: (one: T) => StoredEvent): AsyncGenerator<StoredEvent> {
  try {
    for await (const one of source) yield convert(one);
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
}

// Enough to see an append of the last few seconds.
const newest = async (client: EventStoreDBClient, stream: string): Promise<StoredEvent[]> => {
  const source = patiently(() => client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1_000 }), {
    idleMs: 10_000,
    what: `reading ${stream} backwards`,
  });
  return (await collect(untilNotFound(source, stored))).reverse();
};

const accepts = (filter: Filter | undefined): ((event: RecordedEvent) => boolean) => {
  if (!filter) return ({ type }) => !type.startsWith('$');
  if ('streamPrefixes' in filter) return ({ type, streamId }) => !type.startsWith('$') && filter.streamPrefixes.some((prefix) => streamId.startsWith(prefix));
  return ({ type }) => filter.typePrefixes.some((prefix) => type.startsWith(prefix));
};

type ReadPage = (after: Position, maxCount: number) => AsyncIterable<Resolved>;

// The client's read of `$all` knows no filter, so a page may hold fewer of ours than were asked for: then the next is read.
async function* pages(
  readPage: ReadPage,
  after: Position,
  limit = Number.POSITIVE_INFINITY,
  wanted: (event: RecordedEvent) => boolean,
): AsyncGenerator<StoredEvent> {
  let [position, left] = [after, limit];
  while (left > 0) {
    // One more: a read begins with the event at its position.
    const size = Math.min(left, 1_000) + 1;
    let seen = 0;
    for await (const resolved of readPage(position, size)) {
      seen++;
      const at = resolved.commitPosition ?? resolved.event?.position?.commit;
      if (!resolved.event || at === undefined || at <= position) continue;
      position = at;
      if (!wanted(resolved.event)) continue;
      yield stored(resolved);
      left--;
    }
    if (seen < size) return;
  }
}

const serverFilter = (filter: Filter | undefined, checkpointReached: (subscription: AllStreamSubscription, position: { commit: bigint }) => void) => {
  const options = { checkpointInterval: 32, checkpointReached };
  if (!filter) return excludeSystemEvents(options);
  return 'streamPrefixes' in filter
    ? streamNameFilter({ ...options, prefixes: [...filter.streamPrefixes] })
    : eventTypeFilter({ ...options, prefixes: [...filter.typePrefixes] });
};

type Marker = { kind: 'checkpoint'; position: Position } | { kind: 'caught_up' };
const isMarker = (one: Marker | Resolved): one is Marker => 'kind' in one;

/** One subscription until it breaks. Markers go through the client's stream itself, so that they keep their place among the events. */
async function* deliveries(client: EventStoreDBClient, after: Position, filter: Filter | undefined, signal: AbortSignal): AsyncGenerator<Delivery> {
  const mark = (subscription: AllStreamSubscription, marker: Marker) => void subscription.push(marker);
  const subscription = client.subscribeToAll({
    fromPosition: after === beforeAll ? START : { commit: after, prepare: after },
    filter: serverFilter(filter, (self, { commit }) => mark(self, { kind: 'checkpoint', position: commit })),
  });
  subscription.on('caughtUp', () => mark(subscription, { kind: 'caught_up' }));
  // The iteration below throws what comes while it runs; what comes after it has nobody else to catch it.
  subscription.on('error', () => {});
  const end = () => void subscription.destroy();
  signal.addEventListener('abort', end);
  try {
    const items: AsyncIterable<Marker | Resolved> = subscription;
    for await (const item of items) {
      if (isMarker(item)) yield item;
      else if (item.event) yield { kind: 'event', event: stored(item) };
    }
  } finally {
    signal.removeEventListener('abort', end);
    await subscription.unsubscribe().catch(() => {});
  }
}
