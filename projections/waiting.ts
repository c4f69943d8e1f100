import type { Position } from '../platform/event-store/event-store.ts';

/** People who wait for a position, each for a bounded time. */
export const openWaiting = () => {
  const waiters = new Set<{ position: Position; settle: (reached: boolean) => void }>();
  return {
    wait: (position: Position, timeoutMs: number): Promise<boolean> =>
      new Promise((resolve) => {
        const waiter = {
          position,
          settle: (reached: boolean) => {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(reached);
          },
        };
        const timer = setTimeout(() => waiter.settle(false), timeoutMs);
        waiters.add(waiter);
      }),
    reached: (position: Position): void => {
      for (const waiter of waiters) if (waiter.position <= position) waiter.settle(true);
    },
    size: (): number => waiters.size,
  };
};
