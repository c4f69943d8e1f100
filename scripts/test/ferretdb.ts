import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
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
  console.error(`Building FerretDB ${version} for the MongoDB suites, once …`);
  try {
    await build(directory, file);
    return { file };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { missing: 'there is no Go here to build FerretDB with' };
    return {
      missing: `FerretDB can't be built: ${error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : String(error)}`,
    };
  }
};

const module = 'github.com/FerretDB/FerretDB';

/**
 * From a copy of the module's sources: `go install module@version` also reads the list of all versions, which a module proxy may not have, and
 * the sources lack a file with their version, which their makers' build writes.
 */
const build = async (directory: string, file: string): Promise<void> => {
  const go = (cwd: string, ...args: readonly string[]) => run('go', args, { cwd, timeout: 600_000 });
  const { stdout } = await go(directory, 'mod', 'download', '-json', `${module}@${version}`);
  const { Dir }: { Dir: string } = JSON.parse(stdout);
  const sources = join(directory, 'sources');
  await rm(sources, { recursive: true, force: true });
  await run('cp', ['-r', '--no-preserve=mode', Dir, sources]);
  await writeFile(join(sources, 'build', 'version', 'version.txt'), version);
  await go(sources, 'build', '-o', `${file}.new`, './cmd/ferretdb');
  await rename(`${file}.new`, file);
  await rm(sources, { recursive: true, force: true });
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
