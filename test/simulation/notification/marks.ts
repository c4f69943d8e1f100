import type { DeliveryAttempts } from '../../../workers/notification/delivery-attempts.ts';
import type { Doors } from '../doors.ts';
import type { Mortal, Run } from '../run.ts';

/** What all processes share of the marks, by delivery. */
export type Marks = Map<string, Mark>;
type Mark = { jobId: string; at: number };

const faults = ['crash_before', 'crash_after', 'fails_before', 'fails_after'] as const;
/** As long as the real ones take a try of another job for one that is under way, in milliseconds. */
const underWayMs = 300_000;

/** The marks as one process sees them, with the promises of the real ones; the table may be out of reach. */
export const marksOf = <L extends Mortal>(
  life: L,
  marks: Marks,
  { run, doors, kill }: { run: Run; doors: Doors<L>; kill: (life: L) => void },
): DeliveryAttempts => {
  // By their marks: what another process has set since is none of ours.
  const own = new Map<string, Mark>();
  const cleared = new Map<string, Mark>();
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
      const mine = { jobId, at: run.now };
      const found = await at('mark', () => {
        const known = marks.get(deliveryId);
        if (known && known === cleared.get(deliveryId)) marks.delete(deliveryId);
        else if (known) return known.jobId === jobId || run.now - known.at > underWayMs ? 'cut_off' : 'under_way';
        marks.set(deliveryId, mine);
        return 'begun';
      });
      cleared.delete(deliveryId);
      if (found === 'begun') own.set(deliveryId, mine);
      return found;
    },
    clear: async (deliveryId) => {
      const mine = own.get(deliveryId);
      if (!mine) return;
      own.delete(deliveryId);
      await at('clear the mark', () => void (marks.get(deliveryId) === mine && marks.delete(deliveryId))).catch(() => void cleared.set(deliveryId, mine));
    },
  };
};
