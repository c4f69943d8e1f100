import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, failure } from './failures.ts';
import { startTimeOf } from './processes.ts';

type Holder = { pid: number; startedAt: string };

/**
 * Makes this process the only one that works on the directory, until the returned function is called or the process ends.
 * The lock is a file with the holder's pid and start time, so that one left by a process that was killed holds nobody up, even when its pid is in use again.
 */
export const lockDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) ?? '' } satisfies Holder);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o644 });
  try {
    // A link, not an exclusive create: the file is never seen half written.
    while (!(await linked(draft, path))) await breakStale(path, directory);
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

const breakStale = async (path: string, directory: string): Promise<void> => {
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  if (seen === undefined) return;
  const holder = parse(seen);
  if (holder && startTimeOf(holder.pid) === holder.startedAt)
    throw failure(
      `process ${holder.pid} is already running on ${directory}. Stop it first, or give this one another DATA_DIR (and other ports: PAYMENT_PORT, NOTIFICATION_PORT, EVENTSTORE_PORT).`,
    );
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  // Somebody faster may have put a new lock there between the read and the rename: it goes back.
  if ((await readFile(aside, 'utf8')) !== seen) await linked(aside, path);
  await rm(aside, { force: true });
};

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
