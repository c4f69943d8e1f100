// When a batch begins. A few callers never wait. With many, it begins when as many have come as waited at once lately, or after this long: one
// batch for all of them costs half of what several small ones do, which is worth more than to work on some while the others are written.
const FEW = 4;
const MS_A_CALLER = 0.15;
const MOST_MS = 9;
// How many of those who were waited for in vain are waited for the next time: they may only have been held up.
const REMEMBERED = 0.9;

export type Gather = {
  /** Many append at once. */
  readonly isCrowded: () => boolean;
  /** Something came: `arrived` of what `waiting` callers wait for. */
  readonly came: (arrived: number) => void;
  /** A batch begins while this many wait. */
  readonly began: (waiting: number) => void;
};

export const newGather = (begin: () => void, waiting: () => number, most: number): Gather => {
  // How many wait at once: the most of late.
  let callers = 1;
  let timer: NodeJS.Timeout | undefined;
  let starting: NodeJS.Immediate | undefined;

  const isCrowded = () => callers >= FEW;
  const start = () => {
    clearTimeout(timer);
    clearImmediate(starting);
    timer = undefined;
    starting = undefined;
    begin();
  };
  const giveUp = () => {
    callers = Math.max(1, waiting(), callers * REMEMBERED);
    start();
  };
  return {
    isCrowded,
    came: (arrived) => {
      if (!isCrowded()) start();
      // What arrived along with it is still being read.
      else if (arrived >= Math.min(callers, most)) starting ??= setImmediate(start);
      else timer ??= setTimeout(giveUp, Math.min(MOST_MS, callers * MS_A_CALLER));
    },
    began: (count) => {
      callers = Math.max(1, count, 0.9 * callers + 0.1 * count);
    },
  };
};
