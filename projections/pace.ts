/**
 * A breath after each small batch, in which events gather for the next: commits are most of what a single event costs. The first event
 * after an idle time is taken at once, and whoever waits for a position ends the breath. Breaths end by one clock: those who breathe go on together,
 * and what they commit then goes into one transaction.
 */
export type Pace = {
  breathe: (events: number) => Promise<void>;
  hurry: () => void;
  /** No more breaths. */
  stop: () => void;
};

/** From here on a batch is worth its commit. */
const enough = 500;

export const openPace = (ms: number, isAwaited: () => boolean): Pace => {
  let end: (() => void) | undefined;
  let stopped = false;
  return {
    breathe: (events) => {
      if (events === 0 || events >= enough || stopped || isAwaited()) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => end?.(), ms - (performance.now() % ms));
        end = () => {
          clearTimeout(timer);
          end = undefined;
          resolve();
        };
      });
    },
    hurry: () => end?.(),
    stop: () => {
      stopped = true;
      end?.();
    },
  };
};
