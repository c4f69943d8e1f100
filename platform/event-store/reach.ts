import type { Position } from './event-store.ts';

/** Those who wait until a position is reached. */
export type Reach = {
  /** True once `arrived` has passed the position, false after the time-out or when it is over. */
  wait: (position: Position, timeoutMs: number) => Promise<boolean>;
  arrived: (position: Position) => void;
  /** Whether somebody waits for this position, or one before it. */
  isAwaited: (position: Position) => boolean;
  over: () => void;
};

export const openReach = (): Reach => {
  const waiting = new Set<{ position: Position; resolve: (reached: boolean) => void }>();
  return {
    wait: (position, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { position, resolve };
      const timer = setTimeout(resolve, timeoutMs, false);
      waiting.add(waiter);
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(waiter);
      });
    },
    arrived: (at) => {
      for (const { position, resolve } of waiting) if (position <= at) resolve(true);
    },
    isAwaited: (at) => {
      for (const { position } of waiting) if (position <= at) return true;
      return false;
    },
    over: () => {
      for (const { resolve } of waiting) resolve(false);
    },
  };
};
