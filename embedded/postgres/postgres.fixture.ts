import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

/** A place to work in and what was started there; `clean` ends and removes all of it. */
export const workshop = async () => {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'postgres-spec-')));
  await chmod(place, 0o755);
  const servers: Postgres[] = [];
  const children: ChildProcess[] = [];
  return {
    place,
    /** Without `fsync` unless told otherwise: what dies here is processes, not the machine. */
    start: async (name: string, settings: PostgresOptions['settings'] = { fsync: 'off' }): Promise<Postgres> => {
      const server = await startPostgres({ dataDirectory: join(place, name), log: () => {}, settings });
      servers.push(server);
      return server;
    },
    /** Another process that starts the server; resolves with what it said first. */
    hold: async (name: string, user: { uid?: number; gid?: number } = {}): Promise<Held> => {
      const child = hold(join(place, name), user);
      children.push(child);
      return { child, ...(await firstWords(child)) };
    },
    begin: (name: string): ChildProcess => {
      const child = hold(join(place, name), {});
      children.push(child);
      return child;
    },
    clean: async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.stop()));
      await Promise.all(children.map((child) => ended(child, 'SIGTERM')));
      await rm(place, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
export type Workshop = Awaited<ReturnType<typeof workshop>>;
type Held = { child: ChildProcess; url?: string; pid?: number; error?: string };

const hold = (directory: string, user: { uid?: number; gid?: number }): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'hold.fixture.ts'), directory], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', ...user });

const firstWords = async ({ stdout }: ChildProcess): Promise<Omit<Held, 'child'>> => {
  if (!stdout) return {};
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line);
  return { error: 'it ended without a word' };
};

export const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
};

/** Runs the statement in a connection of its own; gives the first column of the first row. */
export const ask = async (url: string, statement: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
};
