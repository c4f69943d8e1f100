import type { Logger } from 'pino';
import type { Job, Jobs } from '../../platform/jobs/jobs.ts';
import { horizonMs, joinJob, notificationJob } from './jobs.ts';

/** Something is to be done with it at `due`; `digested`: it is to be told in a digest. Times are RFC 3339. */
export type Due = { id: string; due: string; createdAt: string; digested: boolean };

export type SweepSettings = {
  /** Pages of what is due before a time. */
  due: (before: string) => AsyncIterable<readonly Due[]>;
  jobs: Pick<Jobs, 'add'>;
  log: Pick<Logger, 'warn'>;
  now?: () => Date;
  everyMs?: number;
};

/** What is due for longer than this has lost its job, or is being tried again. Milliseconds. */
const lateMs = 120_000;

/**
 * Makes sure that everything that is to be sent has a job: what is due within the next hour, and what is overdue. A job that is there
 * already stays the only one.
 */
export const sweep = async ({ due, jobs, now = () => new Date() }: Pick<SweepSettings, 'due' | 'jobs' | 'now'>): Promise<void> => {
  const nowMs = now().getTime();
  for await (const page of due(new Date(nowMs + horizonMs).toISOString())) {
    const wanted = page.flatMap((one) => jobOf(one, nowMs));
    if (wanted.length > 0) await jobs.add(wanted);
  }
};

const jobOf = ({ id, due, createdAt, digested }: Due, nowMs: number): readonly Job[] => {
  const lateBy = nowMs - Date.parse(due);
  // What has just become due is being worked on by the job that it has.
  if (lateBy >= 0 && lateBy < lateMs) return [];
  if (digested) return lateBy < 0 ? [] : [joinJob(id)];
  const about = { notificationId: id, at: createdAt, causationId: id, correlationId: id };
  return [notificationJob(about, { ...(due !== createdAt && { until: due }), nowMs })];
};

/** Sweeps now and every minute. */
export const runSweep = ({ log, everyMs = 60_000, ...settings }: SweepSettings): { stop: () => Promise<void> } => {
  let stopped = false;
  let wake: () => void = () => {};
  const running = (async () => {
    while (!stopped) {
      await sweep(settings).catch((err: unknown) => log.warn({ err }, 'what is due could not be looked through; it is tried again'));
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, stopped ? 0 : everyMs).unref();
      });
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
};
