import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const version = 'v1.24.0';
const run = promisify(execFile);

/** A throw-away server of MongoDB's protocol on SQLite, or why there is none. Built once by Go, kept in the user's cache directory. */
export const startFerretDb = async (): Promise<{ url: string; close: () => Promise<void> } | { missing: string }> => {
  const program = await ferretDb();
  if ('missing' in program) return program;
  const directory = await mkdtemp(join(tmpdir(), 'ferretdb-'));
  const args = [
    '--handler=sqlite',
    `--sqlite-url=file:${directory}/`,
    `--state-dir=${directory}`,
    '--telemetry=disable',
    '--listen-addr=127.0.0.1:0',
    '--debug-addr=-',
    '--log-level=info',
  ];
  const child = spawn(program.file, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: '/usr/bin:/bin', HOME: directory } });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const slow = delay(30_000, undefined, { ref: false });
  const address = await Promise.race([listeningAddress(child.stderr), ended.then(() => undefined), once(child, 'error').then(() => undefined), slow]);
  if (address === undefined) {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
    return { missing: `${program.file} did not start` };
  }
  return { url: `mongodb://${address}/`, close };
};

const ferretDb = async (): Promise<{ file: string } | { missing: string }> => {
  const directory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'commerce-backend', `ferretdb-${version}`);
  const file = join(directory, 'ferretdb');
  if (existsSync(file)) return { file };
  await mkdir(directory, { recursive: true });
  console.error(`Building FerretDB ${version} for the MongoDB suites (go install), once …`);
  try {
    await run('go', ['install', `github.com/FerretDB/FerretDB/cmd/ferretdb@${version}`], { env: { ...process.env, GOBIN: directory }, timeout: 600_000 });
    return { file };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { missing: 'there is no Go here to build FerretDB with' };
    return {
      missing: `FerretDB can't be built: ${error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : String(error)}`,
    };
  }
};

/** Its log names the port that the system chose. */
const listeningAddress = async (log: NodeJS.ReadableStream): Promise<string | undefined> => {
  for await (const line of createInterface({ input: log })) {
    const found = /Listening on TCP[^\d]*(127\.0\.0\.1:\d+)/i.exec(line)?.[1];
    if (found) {
      log.resume();
      return found;
    }
  }
  return undefined;
};
