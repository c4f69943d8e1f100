import pg from 'pg';
import type { Logger } from 'pino';
import { startPostgres } from '../embedded/postgres/postgres.ts';
import { keepRunning } from './keep-running.ts';

export const database = 'commerce';

/** The bundled PostgreSQL, started again whenever it dies; its address stays the same. */
export const bundledPostgres = async (options: {
  dataDirectory: string;
  log: Logger;
  giveUp: (error: Error) => void;
}): Promise<{ url: string; stop: () => Promise<void> }> => {
  const { dataDirectory, log, giveUp } = options;
  let url = '';
  const start = async () => {
    const postgres = await startPostgres({ dataDirectory, log: (severity, message) => log[severity === 'info' ? 'debug' : severity](message) });
    url = postgres.url(database);
    await ensureDatabase(postgres.url('postgres'));
    return { exited: postgres.exited.then(({ code, signal }) => `ended with ${signal ?? code}`), stop: postgres.stop };
  };
  const kept = await keepRunning({ name: 'PostgreSQL', start, log, giveUp });
  return { url, stop: kept.stop };
};

const ensureDatabase = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
};
