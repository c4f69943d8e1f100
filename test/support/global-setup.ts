import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { clusterIn } from '../../embedded/postgres/cluster.ts';
import { clearLeftovers } from '../../embedded/postgres/leftovers.ts';
import { lockDirectory } from '../../embedded/postgres/lock.ts';
import { type Postgres, startPostgres } from '../../embedded/postgres/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's own PostgreSQL server, its database `postgres`. */
    postgresUrl: string;
  }
}

const prefix = 'commerce-test-';

type Server = { postgres: Postgres; directory: string };

// Each vitest project loads this file anew; one server serves them all.
declare global {
  var testPostgres: { server: Promise<Server>; users: number } | undefined;
}

/** One throw-away PostgreSQL for the whole run. It forgets on a crash, which makes it quick: what must survive one is tested with a server of the test's own. */
export default async (project: TestProject) => {
  globalThis.testPostgres ??= { server: start(), users: 0 };
  const shared = globalThis.testPostgres;
  shared.users += 1;
  project.provide('postgresUrl', (await shared.server).postgres.url('postgres'));
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    globalThis.testPostgres = undefined;
    const { postgres, directory } = await shared.server;
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
};

/** Ends and removes the servers of runs that were killed before they could. */
const sweep = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const directory = join(tmpdir(), name, 'postgres');
    // One that is just being made has no lock yet.
    const { mtimeMs } = await stat(join(tmpdir(), name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < 60_000) continue;
    // A run that is alive holds the lock; one of another user is not ours to end.
    const release = await lockDirectory(directory, 0).catch(() => undefined);
    if (release === undefined) continue;
    await clearLeftovers(clusterIn(directory)).catch((error: unknown) => console.error(String(error)));
    await release();
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
};

const start = async (): Promise<Server> => {
  await sweep();
  const directory = await mkdtemp(join(tmpdir(), prefix));
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };
  const postgres = await startPostgres({
    dataDirectory: join(directory, 'postgres'),
    settings,
    log: (severity, message) => severity !== 'info' && console.error(`postgres: ${message}`),
  });
  return { postgres, directory };
};
