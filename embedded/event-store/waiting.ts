import type { Outcome, Write } from './write.ts';

/** The writes that have not been answered. */
export type Waiting = {
  readonly add: (write: Write, bytes: number) => void;
  readonly has: (write: Write) => boolean;
  readonly count: () => number;
  /** Answers it, if that hasn't been done. */
  readonly settle: (write: Write, outcome: Outcome) => void;
  readonly settleAll: (outcome: Outcome) => void;
  /** True while so much waits that senders should be held back; `onRelief` tells once when it is over. */
  readonly isCongested: () => boolean;
  readonly onRelief: (listener: () => void) => void;
  readonly whenEmpty: () => Promise<void>;
  /** Tells those who wait for relief or emptiness, if it is so. To be called when some have been settled. */
  readonly notify: () => void;
  readonly stop: () => void;
};

const CONGESTED_BYTES = 48 * 1024 * 1024;
const RELIEVED_BYTES = 16 * 1024 * 1024;
const DEADLINE_SWEEP_MS = 100;

export const newWaiting = (): Waiting => {
  const waiting = new Map<Write, number>();
  const onRelief: (() => void)[] = [];
  const onEmpty: (() => void)[] = [];
  let waitingBytes = 0;

  const settle = (write: Write, outcome: Outcome) => {
    const bytes = waiting.get(write);
    if (bytes === undefined) return;
    waiting.delete(write);
    waitingBytes -= bytes;
    write.answer(outcome);
  };
  const notify = () => {
    if (waitingBytes <= RELIEVED_BYTES) for (const listener of onRelief.splice(0)) listener();
    if (waiting.size === 0) for (const listener of onEmpty.splice(0)) listener();
  };
  // One timer for all: a timer a write would cost more than the write's share of a batch.
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const write of waiting.keys()) if (write.deadline <= now) settle(write, { outcome: 'timed-out' });
    notify();
  }, DEADLINE_SWEEP_MS);
  sweep.unref();
  return {
    add: (write, bytes) => {
      waiting.set(write, bytes);
      waitingBytes += bytes;
    },
    has: (write) => waiting.has(write),
    count: () => waiting.size,
    settle,
    settleAll: (outcome) => {
      for (const write of [...waiting.keys()]) settle(write, outcome);
      notify();
    },
    isCongested: () => waitingBytes > CONGESTED_BYTES,
    onRelief: (listener) => void onRelief.push(listener),
    whenEmpty: () => (waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve))),
    notify,
    stop: () => clearInterval(sweep),
  };
};
