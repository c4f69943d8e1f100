import type { IQueueBackend } from 'bullmq';
import type { TakenJob, Turn, Turned } from './postgres-turns.ts';
import type { WakeUp } from './postgres-wakeups.ts';

type Taking = Pick<IQueueBackend, 'moveToActive' | 'moveToCompleted' | 'waitForJob' | 'disconnectBlocking' | 'reconnectBlocking'>;
type Settings = { queue: string; lockMs: number; turn: (turn: Turn) => Promise<Turned>; wakeUp: WakeUp };

/**
 * What a worker does with every job, in place of BullMQ's own: a job costs three round trips rather than eight, and fewer where there is
 * much to do. Of BullMQ's features only those that `Jobs` has: no pauses, limits or flows; a done job is removed.
 */
export const takingTurns = ({ queue, lockMs, turn, wakeUp }: Settings): Taking => {
  // BullMQ's tuple: the job and its id, the rest of a limit's time, when the next delayed job is due.
  const found = ({ job, nextDelayed }: Turned) => (job ? [toJson(job), job.id, 0, 0] : [null, '', 0, nextDelayed]);
  return {
    moveToActive: async (token) => {
      wakeUp.look();
      return found(await turn({ queue, next: { token, lockMs } }));
    },
    moveToCompleted: async ({ id = '' }, _, __, token, fetchNext) => {
      const finishedOn = Date.now();
      const turned = await turn({ queue, done: { id, token }, ...(fetchNext && { next: { token, lockMs } }) });
      if (!turned.removed && !turned.job) throw new Error(`the job ${id} of ${queue} is done, but was taken over: its lock had run out`);
      return { result: fetchNext ? found(turned) : undefined, finishedOn };
    },
    waitForJob: async (seconds) => ((await wakeUp.wait(Math.max(0, seconds) * 1_000)) ? { member: queue, score: 0 } : null),
    disconnectBlocking: async () => wakeUp.interrupt(),
    reconnectBlocking: async () => wakeUp.resume(),
  };
};

const toJson = (job: TakenJob) => ({ ...job, progress: 0, delay: 0, priority: 0, failedReason: '', stacktrace: '[]', returnvalue: 'null' });
