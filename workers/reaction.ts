import type { Recorded } from '../platform/event-store/recorded.ts';
import type { Job } from '../platform/jobs/jobs.ts';

/** A pure choice: which jobs an event asks for. The runner adds them, then moves its checkpoint. */
export type Reaction = {
  name: string;
  types: readonly string[];
  toJobs: (event: Recorded) => readonly Job[];
};
