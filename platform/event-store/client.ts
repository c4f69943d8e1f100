import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';
import { readAnswer } from './append-wire.ts';
import { type AppendCall, batchAppend } from './batch-append.ts';
import { type MessageCall, messagesOf } from './call-messages.ts';
import { collect, each } from './collect.ts';
import { beforeAll, type Delivery, type EventStore, type ExpectedRevision, type NewEvent, type Position, type StoredEvent } from './event-store.ts';
import { type OwnEvents, ownEvents } from './own-events.ts';
import { type ReadAnswer, type ReadRequest, readAnswerOf, writeRead } from './read-wire.ts';
import { resubscribing } from './resubscribing.ts';
import { retrying } from './retrying.ts';
import { final, surelyAppend } from './sure-append.ts';
import { eventStoreUnavailable } from './unavailable.ts';

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
  /** How long a read may bring nothing, with all its repetitions, while somebody waits for it. Milliseconds. */
  readTimeoutMs?: number;
  signals?: EventStoreSignals;
};

/**
 * The only door to `@eventstore/db-client`. One per process. Connects with the first call. The connection (discovery, TLS, users, leaders)
 * is the official client's; appends and reads are ours on top of it, for what is told in batch-append.ts and protobuf.ts.
 */
export const openEventStore = ({
  connectionString,
  appendTimeoutMs = 5_000,
  appendOverallMs = 15_000,
  readTimeoutMs = 10_000,
  signals = {},
}: EventStoreSettings): EventStore => {
  const client = clientOf(connectionString);
  const calls = callsOf(client);
  const closed = new AbortController();
  // From the first subscription on.
  let own: OwnEvents | undefined;

  /** One call, its events only. */
  const events = async function* (request: ReadRequest): AsyncGenerator<readonly StoredEvent[]> {
    const late = () => eventStoreUnavailable(`the event store sent nothing for ${readTimeoutMs} ms`);
    for await (const answers of messagesOf(await calls.read(request), { idleMs: readTimeoutMs, late, signal: closed.signal }))
      yield answers.flatMap((answer) => (answer.kind === 'event' ? answer.event : []));
  };
  const patiently = { forMs: readTimeoutMs, hopeless };
  const rest = (limit: number | undefined, count: number) => (limit === undefined ? undefined : limit - count);

  const read: EventStore['read'] = (stream, { from = 0, limit } = {}) =>
    each(retrying(patiently, (last, count) => events({ kind: 'stream', stream, from: last ? last.revision + 1 : from, limit: rest(limit, count) })));

  const readAll: EventStore['readAll'] = ({ after, filter, limit }) =>
    each(
      retrying(patiently, (last, count) => {
        const [position, left] = [last?.position ?? after, rest(limit, count)];
        // It begins with the event at the position, which is left out.
        return pastPosition(position, left, events({ kind: 'all', from: position, limit: left === undefined ? undefined : left + 1, filter }));
      }),
    );

  const head = async (): Promise<Position> => {
    const [last] = await collect(each(retrying(patiently, () => events({ kind: 'all_backwards', limit: 1 }))));
    return last?.position ?? beforeAll;
  };

  const find = async (stream: string, expected: ExpectedRevision, appended: readonly NewEvent[]) => {
    const from = expected === 'no_stream' ? 0 : expected === 'any' ? undefined : expected + 1;
    // An append at any revision is looked for among the newest, enough for the last few seconds.
    const there =
      from === undefined
        ? (await collect(each(events({ kind: 'stream_backwards', stream, limit: 1_000 })))).reverse()
        : await collect(each(events({ kind: 'stream', stream, from, limit: appended.length })));
    const at = there.findIndex(({ id }) => id === appended[0]?.id);
    const last = at < 0 ? undefined : there[at + appended.length - 1];
    return last && { revision: last.revision, position: last.position };
  };

  const append = surelyAppend({
    attempt: batchAppend({ open: calls.append, timeoutMs: appendTimeoutMs }),
    find,
    overallMs: appendOverallMs,
    hopeless,
    ...(signals.onAmbiguousAppend && { onAmbiguous: signals.onAmbiguousAppend }),
  });

  return {
    append: (stream, expected, appended) => {
      own?.keep(appended);
      return append(stream, expected, appended);
    },
    read,
    readAll,
    subscribe: ({ after, filter, signal }) => {
      own ??= ownEvents();
      const { take } = own;
      return resubscribing({
        start: async () => (after === 'end' ? head() : after),
        open: (position, ending) => deliveries(() => calls.read({ kind: 'subscription', after: position, filter }, take), ending),
        signal: AbortSignal.any([signal, closed.signal]),
        ...(signals.onReconnect && { onReconnect: signals.onReconnect }),
      });
    },
    head,
    close: async () => {
      closed.abort();
      await client.dispose();
    },
  };
};

// The client's own error carries parts of the string, perhaps the password.
const clientOf = (connectionString: string): EventStoreDBClient => {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch {
    throw new Error(
      'the connection string of the event store is not valid: it must look like esdb://host:2113?tls=false or esdb://user:password@one:2113,two:2113',
    );
  }
};

async function* pastPosition(
  after: Position,
  limit = Number.POSITIVE_INFINITY,
  batches: AsyncIterable<readonly StoredEvent[]>,
): AsyncGenerator<readonly StoredEvent[]> {
  let left = limit;
  if (left <= 0) return;
  for await (const batch of batches) {
    const past = batch[0] && batch[0].position <= after ? batch.slice(1) : batch;
    yield past.length <= left ? past : past.slice(0, left);
    left -= past.length;
    if (left <= 0) return;
  }
}

async function* deliveries(open: () => Promise<MessageCall<ReadAnswer>>, signal: AbortSignal): AsyncGenerator<Delivery> {
  for await (const answers of messagesOf(await open(), { signal })) {
    for (const answer of answers) if (answer.kind !== 'other' && answer.kind !== 'stream_not_found') yield answer;
  }
}

// The client's own way to a call (it finds the leader, and connects again), which its types keep for subclasses.
type Opens = <T>(Client: typeof StreamsClient, name: string, create: (client: StreamsClient) => T) => () => Promise<T>;
type CallArguments = (options: { requiresLeader?: boolean }, call: CallOptions) => [Metadata, CallOptions];

const callsOf = (client: EventStoreDBClient) => {
  const opens: Opens = Reflect.get(client, 'GRPCStreamCreator');
  const callArguments: CallArguments = Reflect.get(client, 'callArguments');
  const asItIs = (message: Buffer): Buffer => message;
  const forEver = { deadline: Number.POSITIVE_INFINITY };
  const service = '/event_store.client.streams.Streams';
  return {
    append: opens(
      StreamsClient,
      'append',
      (streams): AppendCall => streams.makeBidiStreamRequest(`${service}/BatchAppend`, asItIs, readAnswer, ...callArguments({ requiresLeader: true }, forEver)),
    ),
    read: (request: ReadRequest, own?: OwnEvents['take']): Promise<MessageCall<ReadAnswer>> =>
      opens(StreamsClient, 'read', (streams) =>
        streams.makeServerStreamRequest(`${service}/Read`, asItIs, (message) => readAnswerOf(message, own), writeRead(request), ...callArguments({}, forEver)),
      )(),
  };
};

/** What trying again can't mend, as the error to throw. Codes of gRPC: unimplemented, permission denied, unauthenticated. */
const hopeless = (cause: unknown): Error | undefined => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 7 || code === 16)
    return final('the event store refuses this user: check the user and password in EVENTSTORE_URL', 'event_store_access_denied', cause);
  if (code === 12)
    return final('the event store lacks a method that is needed (BatchAppend): EventStoreDB 21.10 or later is needed', 'event_store_too_old', cause);
  return undefined;
};
