import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assertDurable } from './postgres.ts';
import { cpuMs, type Process, processTree } from './processes.ts';

/** The whole application, as `npm start` runs it with nothing set: embedded servers, all roles. */
export type System = {
  pid: number;
  paymentUrl: string;
  notificationUrl: string;
  apiKey: string;
  /** To the server that the application has started. */
  postgresUrl: (database: string) => string;
  /** From the start of the command until its `ready` line, in milliseconds. */
  readyAfterMs: number;
  /** CPU of all its processes until then, in milliseconds: on a busy machine the steadier figure. */
  readyCpuMs: number;
} & AsyncDisposable;

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A data directory that goes away after use. */
export const temporaryDirectory = async (): Promise<{ path: string } & AsyncDisposable> => {
  const path = await mkdtemp(join(tmpdir(), 'bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

const mainAlone = [process.execPath, join(repository, 'main.ts')] as const;
/** With what stands around it: npm, and the script that installs what is missing. */
export const npmStart = ['npm', 'start'] as const;

/** Starts it on free ports; `servers` are URLs of other servers that it is to use. @throws an Error with what it printed, when it ends before it is ready. */
export const startSystem = async (
  dataDirectory: string,
  command: readonly [string, ...string[]] = mainAlone,
  servers: Readonly<Record<string, string>> = {},
): Promise<System> => {
  const [payment, notification, eventStore] = [await freePort(), await freePort(), await freePort()];
  const apiKey = 'bench-administrator-key-0123456789abcdef';
  const environment = {
    PAYMENT_PORT: payment,
    NOTIFICATION_PORT: notification,
    EVENTSTORE_PORT: eventStore,
    DATA_DIR: dataDirectory,
    API_KEY: apiKey,
    ...servers,
  };
  const begin = performance.now();
  const child = spawn(command[0], command.slice(1), { cwd: repository, env: { ...withoutOurs(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const lastResort = () => child.kill('SIGTERM');
  process.once('exit', lastResort);
  await untilReady(child);
  const readyAfterMs = performance.now() - begin;
  const { pid } = child;
  if (pid === undefined) throw new Error('the application was not started');
  const system: System = {
    pid,
    paymentUrl: `http://127.0.0.1:${payment}`,
    notificationUrl: `http://127.0.0.1:${notification}`,
    apiKey,
    postgresUrl: (database) => postgresUrlIn(pid, database),
    readyAfterMs,
    readyCpuMs: cpuMs(pid),
    [Symbol.asyncDispose]: async () => {
      const all = processTree(pid).map((process) => process.pid);
      child.kill('SIGTERM');
      await ended;
      process.off('exit', lastResort);
      while (all.some((one) => processTree(one).some(({ state }) => state !== 'Z'))) await delay(20);
    },
  };
  await assertDurable(system.postgresUrl('postgres'));
  return system;
};

/** What the caller's shell says of other servers and ports must not apply. */
const withoutOurs = (): Record<string, string> =>
  Object.fromEntries(['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return String(address.port);
};

const untilReady = async ({ stdout, stderr }: ChildProcess): Promise<void> => {
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const printed: string[] = [];
  stderr.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const ready = Promise.withResolvers<void>();
  const lines = createInterface({ input: stdout });
  lines.on('line', (line) => {
    printed.push(`${line}\n`);
    if (line.startsWith('ready')) ready.resolve();
  });
  lines.once('close', () => ready.reject(new Error(`the application ended before it was ready. It printed:\n${printed.join('').slice(-4_000)}`)));
  await ready.promise;
  // From here on nobody reads what it logs, only takes it from the pipe.
  lines.removeAllListeners('line').close();
  stderr.removeAllListeners('data').resume();
  stdout.resume();
};

/** The socket's directory stands in the postmaster's arguments, wherever the application keeps its data. */
const postgresUrlIn = (pid: number, database: string): string => {
  const directories = processTree(pid).flatMap(({ command }) => /unix_socket_directories="([^"]+)"/.exec(command)?.[1] ?? []);
  const [directory] = directories;
  if (directory === undefined) throw new Error('the application runs no PostgreSQL of its own');
  return `postgres:///${encodeURIComponent(database)}?host=${encodeURIComponent(directory)}&port=5432&user=postgres&sslmode=disable`;
};

/** For `cpuBy`: PostgreSQL as one, each process of Node by its script and arguments. */
export const roleOf = ({ name, command }: Process): string => {
  if (name === 'postgres') return 'PostgreSQL';
  const words = command.split(' ');
  const isScript = (word: string) => /\.(ts|mjs|js)$/.test(word);
  const ours = words.findIndex((word) => word.startsWith(repository) && isScript(word));
  const script = ours >= 0 ? ours : words.findIndex(isScript);
  return words.slice(Math.max(0, script)).join(' ').replace(repository, '').slice(0, 60);
};

/** How long the application must have been idle to count as settled. */
export const quietSeconds = 0.5;

/** Waits until the application has worked off what it was given: less than 5 % of a core for `quietSeconds`. Returns the seconds that took, those included. */
export const settle = async (pid: number): Promise<number> => {
  const begin = performance.now();
  const window = [cpuMs(pid)];
  const windows = quietSeconds * 10;
  while (window.length <= windows || (window.at(-1) ?? 0) - (window[0] ?? 0) > quietSeconds * 50) {
    if (performance.now() - begin > 120_000) throw new Error('the application is still busy two minutes after the load has ended');
    await delay(100);
    window.push(cpuMs(pid));
    if (window.length > windows + 1) window.shift();
  }
  return (performance.now() - begin) / 1000;
};
