import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, giveTo } from './account.ts';
import type { Binaries } from './binaries.ts';
import { explainOutput, failure } from './failures.ts';
import { describeEnding, startProgram } from './program.ts';

/** How the directory is laid out; raised when a newer version of this code lays it out otherwise. */
const layout = 1;

/** Where PostgreSQL's own files are. */
export const clusterIn = (directory: string): string => join(directory, 'data');

/** Refuses a directory that a newer version of this code, or another major version of PostgreSQL, has made. */
export const checkVersions = async (directory: string, { major }: Binaries): Promise<void> => {
  const kept = Number.parseInt(await readFile(join(directory, 'layout'), 'utf8').catch(() => String(layout)), 10);
  if (kept !== layout)
    throw failure(
      `${directory} has layout ${kept}, and this version knows ${layout}. It was written by a newer version: start that one, or set DATA_DIR to another directory.`,
    );
  const cluster = clusterIn(directory);
  if (!existsSync(cluster)) return;
  const found = Number.parseInt(await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(noVersion(cluster)), 10);
  if (found === major) return;
  const todo =
    found > major
      ? 'Start the newer version of this project that made it, or set DATA_DIR to another directory.'
      : `Dump it with PostgreSQL ${found} (pg_dumpall) and load it into a new DATA_DIR, or set POSTGRES_URL to a server of version ${found}.`;
  throw failure(`${cluster} was made by PostgreSQL ${found}, and the bundled one is ${major}. ${todo}`);
};

const noVersion = (cluster: string) => (error: unknown) => {
  if (error instanceof Error && 'code' in error && error.code !== 'ENOENT') throw error;
  throw failure(`${cluster} is no PostgreSQL data directory (it has no PG_VERSION). Restore it from a backup, or move it away to start empty.`, error);
};

/** Makes the cluster where there is none: beside its place, and moved there when it is whole and on disk. A start that was killed leaves no half one. */
export const ensureCluster = async (directory: string, account: Account, binaries: Binaries, durable: boolean): Promise<void> => {
  for (const name of await readdir(directory)) if (name.startsWith('new-')) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 5 });
  const cluster = clusterIn(directory);
  if (existsSync(cluster)) {
    if (account.owner && statSync(cluster).uid !== account.owner.uid) giveTo(account, cluster);
    return;
  }
  const draft = join(directory, `new-${randomUUID().slice(0, 8)}`);
  await mkdir(draft, { mode: 0o700 });
  try {
    giveTo(account, draft);
    await initialise(draft, account, binaries, durable);
    await writeFile(join(directory, 'layout'), `${layout}\n`);
    await rename(draft, cluster);
    if (durable) await flushDirectory(directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
};

const initialise = async (draft: string, account: Account, binaries: Binaries, durable: boolean): Promise<void> => {
  // The collation is PostgreSQL's own (no library of the machine decides the order of an index), and who may connect is the mode of the socket's directory.
  const args = [
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
  const program = startProgram(account, binaries.initdb, durable ? args : [...args, '--no-sync'], () => {});
  const ending = await program.ended;
  if (ending.code !== 0) throw explainOutput('initdb', draft, describeEnding(ending), program.lastLines());
};

const flushDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory);
  await handle.sync().finally(() => handle.close());
};
