import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, failure } from './failures.ts';
import { startTimeOf } from './processes.ts';

type Holder = { pid: number; startedAt: string };

/**
 * Makes this process the only one that works on the directory, until the returned function is called or the process ends.
 * A holder that is alive is given `patienceMs` to end: it may be on its way out.
 * The lock is a file with the holder's pid and start time, so that one left by a process that was killed holds nobody up, even when its pid is in use again.
 */
export const lockDirectory = async (directory: string, patienceMs: number): Promise<() => Promise<void>> => {
  const end = performance.now() + patienceMs;
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) ?? '' } satisfies Holder);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o644 });
  try {
    // A link, not an exclusive create: the file is never seen half written.
    while (!(await linked(draft, path))) {
      const holder = await breakStale(path);
      if (holder === undefined) continue;
      if (holder.pid === process.pid || performance.now() >= end) throw alreadyRunning(holder, directory);
      await delay(50);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(path, { force: true });
};

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );

/** Gives the holder when it is alive. */
const breakStale = async (path: string): Promise<Holder | undefined> => {
  const seen = await readFile(path, 'utf8').catch(unlessGone);
  if (seen === undefined) return undefined;
  const holder = parse(seen);
  if (holder && startTimeOf(holder.pid) === holder.startedAt) return holder;
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(() => true, unlessGone);
  if (!moved) return undefined;
  // Somebody faster may have put a new lock there between the read and the rename: it goes back.
  if ((await readFile(aside, 'utf8')) !== seen) await linked(aside, path);
  await rm(aside, { force: true });
  return undefined;
};

const unlessGone = (error: unknown): undefined => {
  if (codeOf(error) !== 'ENOENT') throw error;
};

const alreadyRunning = ({ pid }: Holder, directory: string): Error =>
  failure(
    `process ${pid} is already running on ${directory}. Stop it first, or give this one another DATA_DIR (and other ports: PAYMENT_PORT, NOTIFICATION_PORT, EVENTSTORE_PORT).`,
  );

const parse = (text: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined;
    const { pid, startedAt } = value;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
};
