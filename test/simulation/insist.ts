import type { Mortal, Run } from './run.ts';

/** Does something in a process; `again` if the process was killed or failed. */
export const insist = (run: Run) => {
  const underWay: { life: Mortal; again: () => void }[] = [];
  return {
    attempt: <T>(life: Mortal, work: Promise<T>, again: () => void, done: (result: T) => void): void => {
      const mine = { life, again };
      underWay.push(mine);
      const leave = () => void underWay.splice(underWay.indexOf(mine), 1);
      work.then(
        (result) => {
          if (!life.alive) return;
          leave();
          done(result);
        },
        (error: Error) => {
          if (!life.alive) return;
          run.trace(() => `  … failed: ${error.message}`);
          leave();
          again();
        },
      );
    },
    busy: (): boolean => underWay.length > 0,
    abandon: (dead: Mortal): void => {
      for (const one of underWay.splice(0)) {
        if (one.life === dead) one.again();
        else underWay.push(one);
      }
    },
  };
};
