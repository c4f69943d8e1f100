import type { Job, JobHandler } from '../../platform/jobs/jobs.ts';
import { deadlinesQueue, operationsQueue, reconciliationQueue, webhooksQueue } from '../../workers/payment/payment-jobs.ts';
import type { Process } from './platform.ts';
import { type Life, oneOf, type Run } from './run.ts';

type Queued = { key: string; job: Job; tries: number; dueAt: number; on: Life | undefined };

/** Taken over when the lock of a killed worker has run out, in milliseconds. */
const takeOverMs = 5_000;
const triesInVain = 40;

/** The jobs: each done at least once, in any order, sometimes twice. */
export const openQueue = (run: Run) => {
  const queue = new Map<string, Queued>();
  const free = () => [...queue.values()].filter(({ on }) => on === undefined);
  const due = () => free().filter(({ dueAt }) => dueAt <= run.now);

  const work = (queued: Queued, life: Life): void => {
    const { job, key } = queued;
    queued.on = life;
    queued.tries += 1;
    run.trace(() => `job ${job.id}, try ${queued.tries}`);
    const failed = (error: Error): void => {
      if (!life.alive) return;
      run.trace(() => `  … the job failed: ${error.message}`);
      if (run.calm && queued.tries > triesInVain) run.complaints.push(`a job fails for ever: ${error.message}`);
      Object.assign(queued, { on: undefined, dueAt: run.now + Math.min(300_000, 1_000 * 2 ** queued.tries) });
    };
    handlerOf(life.process, job.queue)({ id: job.id, data: job.data, attempt: queued.tries }).then(() => life.alive && queue.delete(key), failed);
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
    workOne: (life: Life): void => work(oneOf(due(), run), life),
    /** The jobs of a process that was killed are given to others. Now and then they look like first tries. */
    takeOver: (dead: Life): void => {
      for (const queued of queue.values())
        if (queued.on === dead) Object.assign(queued, { on: undefined, dueAt: run.now + takeOverMs, tries: queued.tries - (run.choices.chance(0.3) ? 1 : 0) });
    },
    /** Whether nothing is left but to look at ends of authorizations, one day. */
    idle: (): boolean => [...queue.values()].every(({ job }) => job.queue === deadlinesQueue),
    names: (): string => [...queue.keys()].join(', '),
  };
};

const handlerOf = ({ worker }: Process, queue: string): JobHandler => {
  switch (queue) {
    case operationsQueue:
      return worker.operate;
    case reconciliationQueue:
      return worker.reconcile;
    case deadlinesQueue:
      return worker.expire;
    case webhooksQueue:
      return worker.applyWebhook;
    default:
      throw new Error(`nobody works on ${queue}`);
  }
};
