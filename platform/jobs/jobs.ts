/** A piece of work to be done at least once. Carries ids only: the worker reloads the stream, and does nothing if the outcome is there. */
export type Job = {
  queue: string;
  /** Dedupes while the job is kept. No `:`, not all digits. */
  id: string;
  data: Readonly<Record<string, string>>;
  delayMs?: number;
};

export type JobHandler = (job: { id: string; data: Readonly<Record<string, string>> /** 1 at the first try */; attempt: number }) => Promise<void>;

/**
 * One contract, two adapters: BullMQ on PostgreSQL and on Redis. A handler that throws is tried again with backoff, for ever, and alerts; where
 * the error has `retryAfterMs`, not before.
 */
export type Jobs = {
  add: (jobs: readonly Job[]) => Promise<void>;
  work: (queue: string, handler: JobHandler, options: { concurrency: number }) => Promise<{ stop: () => Promise<void> }>;
  /** How many wait, run, are delayed, have failed at least once. */
  counts: (queue: string) => Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
};
