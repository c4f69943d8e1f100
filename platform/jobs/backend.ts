import type { BackendFactory, IQueueBackend, JobsOptions } from 'bullmq';

/** A job as BullMQ takes it. */
export type BulkJob = { queueName: string; name: string; data: Readonly<Record<string, string>>; opts: JobsOptions };

/** What differs between the places where BullMQ can keep its jobs. The factories bring their own connections. */
export type Backend = {
  producers: BackendFactory<IQueueBackend, object>;
  workers: BackendFactory<IQueueBackend, object>;
  /** Where BullMQ's `addBulk` is not the best way to add jobs. */
  addAll?: (jobs: readonly BulkJob[]) => Promise<void>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
};
