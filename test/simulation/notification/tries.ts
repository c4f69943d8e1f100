import type { JobHandler } from '../../../platform/jobs/jobs.ts';
import type { Process } from './platform.ts';

type Trying = { process: Process; notificationId: string; begun: number; clock: number };

/** Which tries are under way, and since when: what a message may be judged by that one of them sends. */
export const openTries = (step: () => number) => {
  const underWay = new Set<Trying>();
  const clocks = new Map<Process, () => number>();
  return {
    register: (process: Process, clock: () => number): void => void clocks.set(process, clock),
    watched:
      (process: Process, handler: JobHandler): JobHandler =>
      async (job) => {
        const trying = { process, notificationId: job.data.notificationId ?? '', begun: step(), clock: clocks.get(process)?.() ?? 0 };
        underWay.add(trying);
        try {
          await handler(job);
        } finally {
          underWay.delete(trying);
        }
      },
    /** By the steps of the schedule, the earliest of them; by its clock only where it is sure which it is. */
    of: (process: Process, notificationId: string): { begun: number; clock: number | null } => {
      const those = [...underWay].filter((one) => one.process === process && one.notificationId === notificationId);
      const [only, ...others] = those;
      return { begun: Math.min(...those.map(({ begun }) => begun)), clock: only && others.length === 0 ? only.clock : null };
    },
  };
};
