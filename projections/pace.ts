/**
 * A breath after each small batch, in which events gather for the next: commits are most of what a single event costs, and a document that
 * changes twice in one breath is written once. The first event after an idle time is taken at once; whoever waits for a position ends the breath,
 * and breaths are short while somebody looks on.
 */
export type Pace = {
  breathe: (events: number) => Promise<void>;
  hurry: () => void;
  /** No more breaths. */
  stop: () => void;
};

/** When a breath ends, for one who has just taken so many events: milliseconds from now. */
export type Breaths = (events: number, isWatched: boolean) => number;

// While somebody looks on.
const watchedMs = 20;
// Long enough that events come together, too short to be seen. A multiple, as is the next, so that all of them end together.
const quietMs = 40;
const busyMs = 120;
/** Events taken in so long a time, by all who share the breaths, from which on the log is busy. */
const busyEvents = 40;
// From here on a batch is worth its commit.
const enough = 500;

/**
 * Shared by those who follow one log: breaths end by one clock, so that what those who breathe commit afterwards goes into one transaction, and
 * all of them breathe more deeply while there is much to do.
 */
export const openBreaths = (): Breaths => {
  let slot = { number: 0, events: 0, before: 0 };
  return (events, isWatched) => {
    const now = performance.now();
    const number = Math.floor(now / busyMs);
    if (number !== slot.number) slot = { number, events: 0, before: number === slot.number + 1 ? slot.events : 0 };
    slot.events += events;
    const isBusy = Math.max(slot.events, slot.before) >= busyEvents;
    const ms = isWatched ? watchedMs : isBusy ? busyMs : quietMs;
    return ms - (now % ms);
  };
};

/** `isAwaited`: somebody waits for a position. `isWatched`: somebody looks on. */
export const openPace = (breaths: Breaths, { isAwaited, isWatched }: { isAwaited: () => boolean; isWatched: () => boolean }): Pace => {
  let end: (() => void) | undefined;
  let stopped = false;
  return {
    breathe: (events) => {
      const ms = breaths(events, isWatched());
      if (events === 0 || events >= enough || stopped || isAwaited()) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => end?.(), ms);
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
