import type { Outcome, Prepared } from './write.ts';

/** The writes that have not been answered. */
export type Waiting = {
  readonly add: (write: Prepared) => void;
  readonly count: () => number;
  /** Answers it, if that hasn't been done. */
  readonly settle: (write: Prepared, outcome: Outcome) => void;
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
  // What came since the last sweep, and what waited then: no Map or Set, whose outgrown tables keep one another alive, with all that was in
  // them, until the next full garbage collection.
  let waiting: Prepared[] = [];
  let count = 0;
  const onRelief: (() => void)[] = [];
  const onEmpty: (() => void)[] = [];
  let waitingBytes = 0;

  const settle = (prepared: Prepared, outcome: Outcome) => {
    if (prepared.answered) return;
    prepared.answered = true;
    count--;
    waitingBytes -= prepared.bytes;
    prepared.write.answer(outcome);
  };
  const notify = () => {
    if (waitingBytes <= RELIEVED_BYTES) for (const listener of onRelief.splice(0)) listener();
    if (count === 0) for (const listener of onEmpty.splice(0)) listener();
  };
  // One timer for all: a timer a write would cost more than the write's share of a batch.
  const sweep = setInterval(() => {
    const now = Date.now();
    waiting = waiting.filter(({ answered }) => !answered);
    for (const prepared of waiting) if (prepared.write.deadline <= now) settle(prepared, { outcome: 'timed-out' });
    notify();
  }, DEADLINE_SWEEP_MS);
  sweep.unref();
  return {
    add: (prepared) => {
      waiting.push(prepared);
      count++;
      waitingBytes += prepared.bytes;
    },
    count: () => count,
    settle,
    settleAll: (outcome) => {
      for (const prepared of waiting) settle(prepared, outcome);
      notify();
    },
    isCongested: () => waitingBytes > CONGESTED_BYTES,
    onRelief: (listener) => void onRelief.push(listener),
    whenEmpty: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve))),
    notify,
    stop: () => clearInterval(sweep),
  };
};
