import pg from 'pg';

/** A pool, or one of its clients inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;
export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

export type PostgresSettings = {
  /** Connections at most. */
  max: number;
  /** What `pg_stat_activity` shows. */
  applicationName?: string;
  /** A statement that takes longer is cancelled by the server. Milliseconds. */
  statementTimeoutMs?: number;
  /** Connections that broke while idle; the pool replaces them by itself. */
  onIdleError?: (error: Error) => void;
};

/** Connects with the first query; `reachable` says at start what is wrong. */
export const openPostgres = (
  url: string,
  { max, applicationName = 'commerce', statementTimeoutMs = 30_000, onIdleError = () => {} }: PostgresSettings,
): Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    // The client's own guard comes later than the server's: it is for a server that no longer answers at all.
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  });
  pool.on('error', onIdleError);
  return pool;
};

/** Throws an error that names the server (never its password) where PostgreSQL can't be reached. */
export const reachable = async (pool: Pool): Promise<void> => {
  try {
    await pool.query('select 1');
  } catch (cause) {
    throw new Error(`PostgreSQL at ${address(pool)} can't be used: ${messageOf(cause)}. Check that it runs and that POSTGRES_URL is right.`, { cause });
  }
};

/** All of `work` or nothing of it. */
export const transaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    // A client whose rollback failed is thrown away: it may still be inside the transaction.
    client.release(broken);
  }
};

const address = ({ options }: Pool): string => {
  if (!options.connectionString) return `${options.host ?? 'localhost'}:${options.port ?? 5432}`;
  const url = new URL(options.connectionString);
  return `${url.host || (url.searchParams.get('host') ?? 'localhost')}${url.pathname}`;
};

// An AggregateError (every address refused) has an empty message of its own.
const messageOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join(', ') : error instanceof Error ? error.message : String(error);
