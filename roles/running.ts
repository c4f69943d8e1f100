import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../platform/config.ts';
import { database } from './bundled-postgres.ts';
import type { Ground } from './ground.ts';

/** The servers of an instance that runs already: those that are named, else its bundled ones, found by its data directory. */
export const runningGround = async (config: Config): Promise<Pick<Ground, 'postgresUrl' | 'eventStoreUrl'>> => ({
  postgresUrl: config.POSTGRES_URL ?? (await bundledUrl(resolve(config.DATA_DIR, 'postgres', 'data', 'postmaster.pid'))),
  eventStoreUrl: config.EVENTSTORE_URL ?? `esdb://${config.HOST}:${config.EVENTSTORE_PORT}?tls=false`,
});

// PostgreSQL, "Database File Layout": line 4 of postmaster.pid is the port, line 5 the directory of the socket.
const bundledUrl = async (file: string): Promise<string> => {
  const lines = (await readFile(file, 'utf8').catch(notRunning(file))).split('\n');
  const [port, directory] = [lines[3]?.trim(), lines[4]?.trim()];
  if (!port || !directory) throw new Error(`${file} names no socket: is the instance of this data directory running?`);
  return `postgres:///${database}?host=${encodeURIComponent(directory.startsWith('/') ? directory : join(file, '..', directory))}&port=${port}&user=postgres`;
};

const notRunning = (file: string) => (): never => {
  throw new Error(`no instance runs on this data directory (there is no ${file}): start it with npm start, or set DATA_DIR or POSTGRES_URL`);
};
