import { passingMap } from './passing-map.ts';

/** One piece of work at a time for each key, in the order asked; different keys don't wait for each other. */
export const inTurn = () => {
  const last = passingMap<Promise<unknown>>();
  return {
    run: <T>(key: string, work: () => Promise<T>): Promise<T> => {
      const previous = last.get(key);
      const mine = previous ? previous.then(work, work) : work();
      last.set(key, mine);
      const leave = () => {
        if (last.get(key) === mine) last.delete(key);
      };
      mine.then(leave, leave);
      return mine;
    },
    busy: (key: string): boolean => last.has(key),
  };
};
