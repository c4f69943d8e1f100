// When a batch begins. A lone caller never waits; with many, a batch begins when this share of them has come again, or this time has
// passed: fuller batches save queries. Half, so that the others are at work while these are written: with more of them, all wait for all.
const SHARE = 0.5;
const GATHER_MS = 3;

export type Gather = {
  /** Something came: `arrived` of what `waiting` callers wait for. */
  readonly came: (arrived: number) => void;
  /** A batch begins while this many wait. */
  readonly began: (waiting: number) => void;
};

export const newGather = (begin: () => void, waiting: () => number, most: number): Gather => {
  // A running average of how many wait at once.
  let callers = 1;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const giveUp = () => {
    stop();
    callers = Math.max(1, waiting());
    begin();
  };
  return {
    came: (arrived) => {
      if (arrived >= Math.min(callers * SHARE, most)) {
        stop();
        begin();
      } else timer ??= setTimeout(giveUp, GATHER_MS);
    },
    began: (count) => {
      stop();
      callers = Math.max(1, 0.9 * callers + 0.1 * count);
    },
  };
};
