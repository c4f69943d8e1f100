import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** When the process was started, as a text to compare: a pid alone is reused. Undefined when it isn't alive (a zombie counts as dead). */
export const startTimeOf = (pid: number): string | undefined => (process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid));

const linuxStartTime = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // proc_pid_stat(5): the command, in parentheses, may hold anything; after it come the state and, 19 fields on, the start in ticks since boot.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim()}/${fields[19]}`;
};

const psStartTime = (pid: number): string | undefined => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
  } catch {
    return undefined;
  }
};

/** The processes of a PostgreSQL server (postmaster and children, also those whose postmaster is dead) that stand in this data directory. */
export const serversIn = (dataDirectory: string): number[] => {
  if (process.platform === 'linux') return allPids().filter((pid) => nameOf(pid) === 'postgres' && workingDirectoryOf(pid) === dataDirectory);
  const pid = postmasterIn(dataDirectory);
  return pid !== undefined && argumentsOf(pid).includes(dataDirectory) ? [pid] : [];
};

/** The pid that the postmaster wrote down; it may be stale. */
export const postmasterIn = (dataDirectory: string): number | undefined => {
  const pid = Number.parseInt(readIfThere(`${dataDirectory}/postmaster.pid`) ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
};

const allPids = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
const nameOf = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat === undefined || startTimeOf(pid) === undefined ? undefined : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
};
const workingDirectoryOf = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
};
const argumentsOf = (pid: number): string => {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
};

/** Sends the signal; a process that is gone already is no error. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** True once `done` holds; asks every 20 ms, for the operating system tells only parents that a process has ended. */
export const within = async (milliseconds: number, done: () => boolean): Promise<boolean> => {
  const end = performance.now() + milliseconds;
  while (!done()) {
    if (performance.now() > end) return false;
    await delay(20);
  }
  return true;
};

export const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
