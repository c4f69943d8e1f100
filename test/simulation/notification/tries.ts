import type { JobHandler } from '../../../platform/jobs/jobs.ts';
import type { Process } from './platform.ts';

type Trying = { process: Process; notificationId: string; begun: number; clock: number; seen: number };

/** What a process sees: its clock, and how much of the log. */
type View = { clock: () => number; seen: () => number };

/** Which tries are under way, and since when: what a message may be judged by that one of them sends. */
export const openTries = (step: () => number) => {
  const underWay = new Set<Trying>();
  const views = new Map<Process, View>();
  return {
    register: (process: Process, view: View): void => void views.set(process, view),
    watched:
      (process: Process, handler: JobHandler): JobHandler =>
      async (job) => {
        const view = views.get(process);
        const trying = { process, notificationId: job.data.notificationId ?? '', begun: step(), clock: view?.clock() ?? 0, seen: view?.seen() ?? 0 };
        underWay.add(trying);
        try {
          await handler(job);
        } finally {
          underWay.delete(trying);
        }
      },
    /** By the steps of the schedule, the earliest of them; by its clock only where it is sure which it is. */
    of: (process: Process, notificationId: string): { begun: number; clock: number | null; seen: number } => {
      const those = [...underWay].filter((one) => one.process === process && one.notificationId === notificationId);
      const [only, ...others] = those;
      const least = (of: 'begun' | 'seen') => Math.min(...those.map((one) => one[of]));
      return { begun: least('begun'), seen: least('seen'), clock: only && others.length === 0 ? only.clock : null };
    },
  };
};
