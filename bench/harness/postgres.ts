import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../embedded/postgres/postgres.ts';

/** The bundled PostgreSQL, as the application starts it, with a data directory of its own that goes away with it. */
export type BenchPostgres = { pid: number; freshDatabase: (name: string) => Promise<string> } & AsyncDisposable;

export const benchPostgres = async (): Promise<BenchPostgres> => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const postgres = await startPostgres({
    dataDirectory: join(directory, 'postgres'),
    log: (severity, message) => severity === 'error' && console.error(message),
  });
  return {
    pid: postgres.pid,
    freshDatabase: async (name) => {
      await query(postgres.url('postgres'), `CREATE DATABASE ${name}`);
      const url = postgres.url(name);
      await assertDurable(url);
      return url;
    },
    [Symbol.asyncDispose]: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export const query = async <Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(text).finally(() => client.end());
  return rows;
};

/** Throughput with commits that a power cut undoes compares nothing. @throws an Error that names the setting. */
export const assertDurable = async (url: string): Promise<void> => {
  const rows = await query<{ name: string; setting: string }>(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting <> 'on'`,
  );
  if (rows.length > 0) throw new Error(`commits are not durable: ${rows.map(({ name, setting }) => `${name} = ${setting}`).join(', ')}`);
};
