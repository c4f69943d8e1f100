import type { Job, JobHandler } from '../../platform/jobs/jobs.ts';
import { type Life, oneOf, type Run } from './run.ts';

type Queued<P> = { key: string; job: Job; tries: number; dueAt: number; on: Life<P> | undefined };

/** Taken over when the lock of a killed worker has run out, in milliseconds. */
const takeOverMs = 5_000;
const triesInVain = 40;

/** The jobs: each done at least once, in any order, sometimes twice. `handlerOf`: who does them in a process. */
export const openQueue = <P>(run: Run, handlerOf: (process: P, queue: string) => JobHandler) => {
  const queue = new Map<string, Queued<P>>();
  const free = () => [...queue.values()].filter(({ on }) => on === undefined);
  const due = () => free().filter(({ dueAt }) => dueAt <= run.now);

  const work = (queued: Queued<P>, life: Life<P>): void => {
    const { job, key } = queued;
    queued.on = life;
    queued.tries += 1;
    run.trace(() => `job ${job.id}, try ${queued.tries}`);
    // Another one may have it by now, or there is a new one of the same name.
    const isMine = () => life.alive && queued.on === life && queue.get(key) === queued;
    const failed = (error: Error): void => {
      if (!isMine()) return;
      run.trace(() => `  … the job failed: ${error.message}`);
      if (run.calm && queued.tries > triesInVain) run.complaints.push(`a job fails for ever: ${error.message}`);
      Object.assign(queued, { on: undefined, dueAt: run.now + Math.max(afterMs(error), Math.min(300_000, 1_000 * 2 ** queued.tries)) });
    };
    handlerOf(life.process, job.queue)({ id: job.id, data: job.data, attempt: queued.tries }).then(() => void (isMine() && queue.delete(key)), failed);
  };

  return {
    add: (jobs: readonly Job[]): void => {
      for (const job of jobs) {
        const key = `${job.queue} ${job.id}`;
        if (!queue.has(key)) queue.set(key, { key, job, tries: 0, dueAt: run.now + (job.delayMs ?? 0), on: undefined });
      }
    },
    due: (): boolean => due().length > 0,
    next: (): number => Math.min(...free().map(({ dueAt }) => dueAt)),
    workOne: (life: Life<P>): void => work(oneOf(due(), run), life),
    /** The jobs of a process that was killed are given to others. Now and then they look like first tries. */
    takeOver: (dead: Life<P>): void => {
      for (const queued of queue.values())
        if (queued.on === dead) Object.assign(queued, { on: undefined, dueAt: run.now + takeOverMs, tries: queued.tries - (run.choices.chance(0.3) ? 1 : 0) });
    },
    /** Somebody is at work, and stands still for so long that others take over what they have not done yet. */
    stall: (): void => {
      const busy = [...queue.values()].filter(({ on }) => on !== undefined);
      if (busy.length > 0) Object.assign(oneOf(busy, run), { on: undefined, dueAt: run.now });
    },
    busy: (): boolean => [...queue.values()].some(({ on }) => on !== undefined),
    /** The store of jobs loses all that it has. */
    lose: (): void => queue.clear(),
    jobs: (): readonly Job[] => [...queue.values()].map(({ job }) => job),
  };
};

/** What a handler says of when it may be tried again. */
const afterMs = (error: Error): number => ('retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0);
