import { setTimeout as pause } from 'node:timers/promises';
import { call, descendants, type Started } from './platform.ts';

/** From 0 to 1, the same for the same seed. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const victims = ['platform', 'postgres', 'node'] as const;
type Victim = (typeof victims)[number];

export const victimOf = (random: () => number): Victim => victims[Math.floor(random() * victims.length)] ?? 'platform';

/** Kills one of the processes with SIGKILL; true if it was the platform itself, which must then be started again. */
export const killOne = async (victim: Victim, running: Started): Promise<boolean> => {
  const pid = running.process.pid ?? 0;
  if (victim === 'platform') {
    running.process.kill('SIGKILL');
    await running.exited;
    return true;
  }
  const pattern = victim === 'node' ? /main\.ts eventstore/ : /bin\/postgres -/;
  const found = (await descendants(pid)).find(({ command }) => pattern.test(command));
  if (!found) throw new Error(`no ${victim} process to kill below ${pid}`);
  process.kill(found.pid, 'SIGKILL');
  return false;
};

/**
 * What a URL answers, with everything in it that had happened by that position (-1: nothing had to). What was killed may be away or behind
 * for a while: it is asked again, as its 503 says. @throws on any other answer than 200
 */
export const answerOf = async (url: string, after: number): Promise<Record<string, unknown>> => {
  const deadline = Date.now() + 60_000;
  while (true) {
    const { status, body } = await call('GET', url, undefined, after < 0 ? {} : { 'x-after-position': String(after) });
    if (status === 200) return body;
    if (status < 500 || Date.now() > deadline) throw new Error(`${url} answered ${status}: ${JSON.stringify(body)}`);
    await pause(250);
  }
};

/** All rows of a list, with everything in them that had happened by that position; -1 where nothing had to. */
export const everyRow = async (url: string, after: number): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  let cursor = '';
  while (true) {
    const { data, nextCursor } = await answerOf(`${url}?limit=100${cursor}`, after);
    rows.push(...(data as Record<string, unknown>[]));
    if (typeof nextCursor !== 'string') return rows;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
};
