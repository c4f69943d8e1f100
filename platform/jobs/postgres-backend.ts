import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from 'pino';
import { pause } from '../event-store/backoff.ts';
import type { Backend } from './backend.ts';
import { addAllSql, openTurns } from './postgres-turns.ts';
import { openWakeUps } from './postgres-wakeups.ts';
import { takingTurns } from './postgres-worker.ts';

const schema = 'bullmq';

/** BullMQ's tables and functions in PostgreSQL, in a schema of their own. Creates or upgrades them. */
export const openPostgresBackend = async (url: string, log: Logger): Promise<Backend> => {
  const { isPgPool, PostgresConnection, PostgresQueueBackend, runMigrations } = await import('bullmq');
  const { default: postgres } = await import('pg');
  const open = (max: number, options: string): pg.Pool => {
    const settings = { connectionString: url, max, keepAlive: true, idleTimeoutMillis: 600_000, connectionTimeoutMillis: 10_000, application_name: 'jobs' };
    const pool = new postgres.Pool({ ...settings, options: `-c search_path=${schema} ${options}` });
    pool.on('connect', (client) => client.setMaxListeners(0));
    pool.on('error', (err) => log.warn({ err }, 'a connection of the job queue broke; it is opened again'));
    return prepared(pool);
  };
  // An added job is on disk before the reaction moves on. What a worker notes of it need not be: a crash of the server takes back a
  // fraction of a second, and a job whose start or end was forgotten is done again, as after any crash.
  const producing = open(2, '');
  const working = open(4, `-c synchronous_commit=off ${plans}`);

  try {
    await migrate(producing, runMigrations);
  } catch (error) {
    await Promise.all([producing.end(), working.end()]);
    throw error;
  }

  // One connection, and one LISTEN, for all queues: the queue is named in the notification.
  const shared = (pool: unknown) => {
    if (!isPgPool(pool)) throw new Error('BullMQ does not take this pool');
    const connection = new PostgresConnection(pool);
    connection.setMaxListeners(0);
    connection.on('error', (err) => log.warn({ err }, 'a connection of the job queue broke; it is opened again'));
    const unclosed = new Proxy(connection, { get: (target, key) => (key === 'close' || key === 'disconnect' ? async () => {} : bound(target, key)) });
    return {
      connection,
      close: () => connection.close(),
      factory: (name: string, opts: object) => new PostgresQueueBackend(unclosed, name, { ...opts, connection: pool }, true),
    };
  };
  const producers = shared(producing);
  const workers = shared(working);
  const turn = openTurns(working);
  const wakeUps = openWakeUps(workers.connection);

  return {
    producers: producers.factory,
    workers: (name, opts) => {
      const lockMs = 'lockDuration' in opts && typeof opts.lockDuration === 'number' ? opts.lockDuration : 30_000;
      return Object.assign(workers.factory(name, opts), takingTurns({ queue: name, lockMs, turn, wakeUp: wakeUps(name) }));
    },
    // BullMQ's bulk insert makes temporary tables, which costs 3 ms of CPU for a handful of jobs; its flows write events that nobody reads.
    addAll: async (jobs) => {
      const rows = jobs.map(({ queueName: queue, name, data, opts }) => {
        const { jobId: id, delay = 0, attempts = 1 } = opts;
        return { queue, id, name, data, opts, delay, attempts };
      });
      await producing.query(addAllSql, [JSON.stringify(rows), Date.now()]);
    },
    ping: async () => {
      await working.query('select 1');
    },
    close: async () => {
      await producers.close();
      await workers.close();
      await producing.end();
      await working.end();
    },
  };
};

// The table of jobs is nearly empty, and then it isn't: plans that suit any size, made once a connection.
const plans = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

const migrate = async (pool: pg.Pool, runMigrations: (client: pg.PoolClient, schema: string) => Promise<number>): Promise<void> => {
  const client = await pool.connect();
  try {
    await runMigrations(client, schema);
    await client.query(quietEvents);
  } finally {
    client.release();
  }
};

const bound = <T extends object>(target: T, key: PropertyKey): unknown => {
  const value: unknown = Reflect.get(target, key);
  return typeof value === 'function' ? value.bind(target) : value;
};

/**
 * BullMQ's statements are few and sent as text: given names, each connection parses and plans them once. And while the server is away
 * each try takes a moment, since BullMQ's loop pauses for some of these errors only.
 */
const prepared = (pool: pg.Pool): pg.Pool => {
  const query = pool.query.bind(pool);
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
    return name;
  };
  return Object.assign(pool, {
    query: async (text: string, values: unknown[] = []) => {
      try {
        return await query({ name: nameOf(text), text, values });
      } catch (error) {
        if (isAway(error)) await pause(250);
        throw error;
      }
    },
  });
};

// Classes 08 (connection) and 57P (shutdown, start-up); errors of the socket have a code of letters, a lost connection has none.
const isAway = (error: unknown): boolean => error instanceof Error && (!('code' in error) || /^(08|57P|E[A-Z])/.test(String(error.code)));

// The events that BullMQ publishes for dashboards (four rows and four notifications a job) are a quarter of a job's cost, and nobody reads
// them here. Its migrations put the function back; this takes it out again.
const quietEvents = `
  do $quiet$ begin
    perform pg_advisory_xact_lock(hashtext('${schema}.quiet'));
    if exists (
      select from pg_proc where oid = to_regprocedure('${schema}.publish_event(text, text, jsonb)') and prosrc <> 'select 0::bigint'
    ) then
      create or replace function ${schema}.publish_event(p_queue text, p_event text, p_data jsonb) returns bigint language sql as 'select 0::bigint';
    end if;
  end $quiet$`;
