// A server of EventStoreDB's gRPC protocol that keeps its events in PostgreSQL, in the schema `event_store`.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { append } from './append.ts';
import { batchAppend } from './batch-append.ts';
import { remove } from './delete.ts';
import { getSupportedMethods, SERVER_VERSION } from './features.ts';
import { gossip } from './gossip.ts';
import { type Method, serveGrpc } from './grpc.ts';
import { headsCache } from './heads.ts';
import { inTurn } from './in-turn.ts';
import { openInsert } from './insert.ts';
import { eventLog, PLAN_SETTINGS } from './log.ts';
import { stats } from './monitoring.ts';
import { type Registry, startRegistry } from './persistent/registry.ts';
import { persistentSubscriptions } from './persistent/service.ts';
import { groupTable } from './persistent/table.ts';
import { read, type Store } from './read.ts';
import { readRequestOf } from './read-request.ts';
import { ensureSchema, tryLock } from './schema.ts';
import { subscribe } from './subscribe.ts';
import { newTail } from './tail.ts';
import { newWriter, type Writer } from './writer.ts';

export type EventStoreNode = {
  port: number;
  connectionString: string;
  /** Drains and releases the writer lock. */
  stop: () => Promise<void>;
  /** Settles when the node can't go on, e.g. its database connection or lock was lost; it has stopped serving by then. */
  failed: Promise<Error>;
};

export type EventStoreNodeLog = (level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;

export type EventStoreNodeSettings = {
  /** Any PostgreSQL; the schema `event_store` is the node's own. */
  postgresUrl: string | pg.ClientConfig;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What to do while another node writes to this database: stand by until it is gone, or refuse to start. */
  whenLocked: 'wait' | 'refuse';
  log?: EventStoreNodeLog;
  /** Called once if the node has to stand by. */
  onStandby?: () => void;
  /** Ends the standing by: starting then rejects. */
  signal?: AbortSignal;
};

const STANDBY_POLL_MS = 250;

/** @throws if PostgreSQL can't be reached, another node writes there (`refuse`), its schema is of another version, or the port is taken */
export const startEventStoreNode = async (settings: EventStoreNodeSettings): Promise<EventStoreNode> => {
  const log = settings.log ?? (() => {});
  const connection: pg.ClientConfig = typeof settings.postgresUrl === 'string' ? { connectionString: settings.postgresUrl } : settings.postgresUrl;
  let onLoss: (reason: string) => void = () => {};
  const dedicated = (name: string, options: pg.ClientConfig = {}) => {
    const client = new pg.Client({ ...connection, ...options, keepAlive: true, application_name: `event-store ${name}` });
    client.on('error', (error) => onLoss(`PostgreSQL was lost: ${error.message}`));
    client.on('end', () => onLoss('PostgreSQL was lost: it closed the connection'));
    return client;
  };
  const client = dedicated('writer', { options: PLAN_SETTINGS });
  // The writer asks for heads with every batch, so it has a connection for that too: a pool costs more than the query.
  const lookups = dedicated('lookups', { options: PLAN_SETTINGS });
  const pool = new pg.Pool({ ...connection, options: PLAN_SETTINGS, max: 4, idleTimeoutMillis: 30_000, application_name: 'event-store reader' });
  pool.on('error', (error) => log('warn', 'A reading connection to PostgreSQL failed', { error: error.message }));
  const release = async () => {
    onLoss = () => {};
    await Promise.allSettled([pool.end(), lookups.end(), client.end()]);
  };
  try {
    await client.connect().catch((error: unknown) => {
      throw new Error(
        `The event-store node can't reach PostgreSQL: ${error instanceof Error ? error.message : String(error)}. Is it running, and its address right?`,
        { cause: error },
      );
    });
    await takeLock(client, settings, log);
    await client.query(`set synchronous_commit = on; set statement_timeout = 0; set idle_session_timeout = 0`);
    await ensureSchema(client);
    await lookups.connect();
    const failed = new Promise<string>((resolve) => {
      onLoss = resolve;
    });
    return await serve(settings, { client, lookups, pool, log, failed, lose: (reason) => onLoss(reason), release });
  } catch (error) {
    await release();
    throw error;
  }
};

const takeLock = async (client: pg.Client, { whenLocked, onStandby, signal }: EventStoreNodeSettings, log: EventStoreNodeLog): Promise<void> => {
  if (await tryLock(client)) return;
  if (whenLocked === 'refuse') {
    throw new Error('Another event-store node writes to this database. Stop it, or give this one another database (POSTGRES_URL), or let it stand by.');
  }
  log('info', 'Another event-store node writes to this database; standing by', {});
  onStandby?.();
  // Polled, since a waiting pg_advisory_lock() would hold back the vacuum of the whole database.
  while (!(await tryLock(client))) await wait(STANDBY_POLL_MS, undefined, { ...(signal && { signal }) });
};

type Parts = {
  client: pg.Client;
  lookups: pg.Client;
  pool: pg.Pool;
  log: EventStoreNodeLog;
  failed: Promise<string>;
  lose: (reason: string) => void;
  release: () => Promise<void>;
};

const serve = async (settings: EventStoreNodeSettings, { client, lookups, pool, log, failed, lose, release }: Parts): Promise<EventStoreNode> => {
  const eventsLog = eventLog((query) => pool.query(query));
  const tail = newTail(await eventsLog.lastPosition());
  const asking = inTurn(lookups);
  const writersLog = eventLog((query) => asking((connection) => connection.query(query)));
  const writing = inTurn(client);
  const heads = headsCache(writersLog);
  const store: Store = { log: eventsLog, heads, tail };
  const writer = newWriter({ log: writersLog, heads, tail, insert: await openInsert(writing, lose) });
  const onError = (message: string, error: unknown) => log('warn', message, { error: error instanceof Error ? error.message : String(error) });
  const registry = await startRegistry({ store, writer, table: groupTable(writing), onError });
  let port = settings.port;
  const methods = methodsOf(store, writer, registry, () => ({ host: settings.host, port }));
  const server = await serveGrpc(settings, methods, log).catch((error: unknown) => {
    writer.stop();
    throw new Error(`The event-store node can't listen on ${settings.host}:${settings.port}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  });
  port = server.port;
  let stopped: Promise<void> | undefined;
  const close = async (drain: boolean) => {
    if (drain) await writer.idle();
    await server.stop();
    await registry.stop();
    if (drain) await writer.idle();
    writer.stop();
    await release();
  };
  const stop = () => {
    stopped ??= close(true);
    return stopped;
  };
  const failure = failed.then(async (reason) => {
    log('error', 'The event-store node stops', { reason });
    writer.abandon(reason);
    stopped ??= close(false);
    await stopped;
    return new Error(`The event-store node had to stop. ${reason}`);
  });
  return { port, connectionString: `esdb://${settings.host}:${port}?tls=false`, stop, failed: failure };
};

const methodsOf = (store: Store, writer: Writer, registry: Registry, address: () => { host: string; port: number }): ReadonlyMap<string, Method> => {
  const readMethod: Method = {
    kind: 'server-stream',
    handle: async (message, call) => {
      const request = readRequestOf(message);
      await (request.count === 'subscription' ? subscribe(store, request, call) : read(store, request, call));
    },
  };
  const measure = () => ({
    'es-version': SERVER_VERSION,
    'es-writer-lastPosition': store.tail.head(),
    'proc-mem': process.memoryUsage.rss(),
    'proc-cpu': process.cpuUsage().user / 1e6,
    'proc-startTime': new Date(Date.now() - process.uptime() * 1_000).toISOString(),
  });
  const service = (name: string, methods: Readonly<Record<string, Method>>): [string, Method][] =>
    Object.entries(methods).map(([method, handler]) => [`/event_store.client.${name}/${method}`, handler]);
  return new Map([
    ...service('streams.Streams', {
      Read: readMethod,
      Append: append(writer),
      BatchAppend: batchAppend(writer),
      Delete: remove(writer, 'delete'),
      Tombstone: remove(writer, 'tombstone'),
    }),
    ...service('persistent_subscriptions.PersistentSubscriptions', persistentSubscriptions(registry)),
    ...service('gossip.Gossip', { Read: gossip(randomUUID(), address) }),
    ...service('monitoring.Monitoring', { Stats: stats(measure) }),
    ...service('server_features.ServerFeatures', { GetSupportedMethods: getSupportedMethods() }),
  ]);
};
