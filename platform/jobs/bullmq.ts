import type { IQueueBackend, JobProgress, Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { Backend, BulkJob } from './backend.ts';
import type { Job, JobHandler, Jobs } from './jobs.ts';

type Data = Readonly<Record<string, string>>;
type AnyQueue = Queue<Data, void, string, Data, void, string, IQueueBackend, object>;
type AnyWorker = Worker<Data, void, string, IQueueBackend, JobProgress, object>;

export type JobFailure = { queue: string; id: string; attempt: number; error: unknown };

export type JobsOptions = {
  backend: { postgres: string } | { redis: string };
  log: Logger;
  /** Called with each failed attempt; the job is tried again whatever this does. */
  onFailure?: (failure: JobFailure) => void;
  /** Of the keys in Redis, so that several installations can share it. */
  prefix?: string;
};

// A worker that was killed is noticed when its locks run out. They are renewed from a timer at half the time, so a process may stand still
// for two seconds and keep its jobs; one that stands still for longer may see them done twice, which handlers allow for.
const lockDuration = 5_000;
const stalledInterval = 2_000;
// Both backends wake an idle worker by themselves; this is for a wake-up that got lost.
const drainDelay = 15;
// For ever, as far as a 32-bit integer goes.
const everMore = 2_147_483_647;
const failuresCounted = 1_000;

/** BullMQ on PostgreSQL or on Redis: one code path, apart from the connection. Throws where the server can't be reached. */
export const openJobs = async ({ backend: where, log, onFailure, prefix = 'commerce' }: JobsOptions): Promise<Jobs> => {
  const bullmq = await import('bullmq');
  const backend = await openBackend(where, prefix, log);
  const queues = new Map<string, AnyQueue>();
  const workers = new Set<AnyWorker>();

  const queueOf = (name: string): AnyQueue => {
    const known = queues.get(name);
    if (known) return known;
    const queue = new bullmq.Queue<Data, void, string, Data, void, string, IQueueBackend, object>(
      name,
      { connection: {}, streams: { events: { maxLen: 10 } } },
      backend.producers,
    );
    queue.on('error', (err) => log.warn({ queue: name, err }, 'the job queue has trouble with its connection'));
    queues.set(name, queue);
    return queue;
  };

  const addAll =
    backend.addAll ??
    (async (jobs) => {
      const byQueue = Map.groupBy(jobs, ({ queueName }) => queueName);
      await Promise.all([...byQueue].map(([name, some]) => queueOf(name).addBulk(some.map((job) => ({ ...job })))));
    });

  const work = async (name: string, handler: JobHandler, concurrency: number): Promise<AnyWorker> => {
    const worker = new bullmq.Worker<Data, void, string, IQueueBackend, JobProgress, object>(
      name,
      // Counted when it was taken, so a try that was cut off counts too; `attemptsMade` knows only those that ended.
      async ({ id = '', data, attemptsStarted }) => handler({ id, data, attempt: attemptsStarted }),
      {
        connection: {},
        concurrency,
        lockDuration,
        stalledInterval,
        drainDelay,
        maxStalledCount: everMore,
        runRetryDelay: 500,
        settings: { backoffStrategy },
      },
      backend.workers,
    );
    worker.on('error', (err) => log.warn({ queue: name, err }, 'the worker has trouble with its queue; it goes on trying'));
    worker.on('stalled', (id) => log.warn({ queue: name, job: id }, 'the job is taken over from a worker that is gone'));
    worker.on('failed', (job, error) => {
      if (!job) return;
      const { id = '', attemptsStarted: attempt } = job;
      log[attempt >= 5 ? 'error' : 'warn']({ queue: name, job: id, attempt, err: error }, 'the job failed and will be tried again');
      onFailure?.({ queue: name, id, attempt, error });
    });
    await worker.waitUntilReady();
    workers.add(worker);
    return worker;
  };

  return {
    add: async (jobs) => {
      if (jobs.length > 0) await addAll(jobs.map(toBulkJob));
    },
    work: async (name, handler, { concurrency }) => {
      const worker = await work(name, handler, concurrency);
      return {
        stop: async () => {
          workers.delete(worker);
          await worker.close();
        },
      };
    },
    counts: async (name) => {
      const queue = queueOf(name);
      const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed');
      const failed = delayed === 0 ? [] : await queue.getDelayed(0, failuresCounted - 1);
      return { waiting, active, delayed, failed: failed.filter((job) => job.attemptsMade > 0).length };
    },
    ping: backend.ping,
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await backend.close();
    },
  };
};

const openBackend = async (where: JobsOptions['backend'], prefix: string, log: Logger): Promise<Backend> => {
  if ('postgres' in where) return (await import('./postgres-backend.ts')).openPostgresBackend(where.postgres, log);
  return (await import('./redis-backend.ts')).openRedisBackend(where.redis, prefix, log);
};

const toBulkJob = ({ queue, id, data, delayMs = 0 }: Job): BulkJob => ({
  queueName: queue,
  name: queue,
  data,
  opts: { jobId: id, delay: delayMs, attempts: everMore, backoff: { type: 'custom' }, removeOnComplete: true, stackTraceLimit: 1 },
});

/**
 * From 1 s, doubling, at most 5 min; the upper half of each is chance, so that what failed together is not tried again together. Never before
 * the time that the failure names, an hour at most.
 */
export const backoffStrategy = (attemptsMade: number, _type?: string, error?: Error): number => {
  const longest = Math.min(300_000, 1_000 * 2 ** Math.min(attemptsMade - 1, 20));
  return Math.max(Math.round(longest / 2 + (Math.random() * longest) / 2), Math.min(afterMs(error), 3_600_000));
};

const afterMs = (error: Error | undefined): number => (error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0);
