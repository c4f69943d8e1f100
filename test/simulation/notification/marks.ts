import type { DeliveryAttempts } from '../../../workers/notification/delivery-attempts.ts';
import type { Doors } from '../doors.ts';
import type { Mortal, Run } from '../run.ts';

/** What all processes share of the marks, by delivery. */
export type Marks = Map<string, { jobId: string; at: number }>;

const faults = ['crash_before', 'crash_after', 'fails_before', 'fails_after'] as const;
/** As long as the real ones take a try of another job for one that is under way, in milliseconds. */
const underWayMs = 300_000;

/** The marks as one process sees them, with the promises of the real ones; the table may be out of reach. */
export const marksOf = <L extends Mortal>(
  life: L,
  marks: Marks,
  { run, doors, kill }: { run: Run; doors: Doors<L>; kill: (life: L) => void },
): DeliveryAttempts => {
  const cleared = new Set<string>();
  const at = <T>(what: string, work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const go = (fault: (typeof faults)[number] | undefined) => {
        if (fault === 'crash_before') return kill(life);
        if (fault === 'fails_before') return reject(new Error('the marks are out of reach'));
        const result = work();
        if (fault === 'crash_after') return kill(life);
        if (fault === 'fails_after') return reject(new Error('the marks did not answer'));
        resolve(result);
      };
      doors.pass({ life, what, faults, go });
    });
  return {
    begin: async (deliveryId, jobId) => {
      const found = await at('mark', () => {
        const known = marks.get(deliveryId);
        if (known) return known.jobId === jobId || run.now - known.at > underWayMs ? 'cut_off' : 'under_way';
        marks.set(deliveryId, { jobId, at: run.now });
        return 'begun';
      });
      return cleared.delete(deliveryId) ? 'begun' : found;
    },
    clear: (deliveryId) => at('clear the mark', () => void marks.delete(deliveryId)).catch(() => void cleared.add(deliveryId)),
  };
};
