/**
 * Counts attempts in sliding windows. Keys are opaque: `subjectKey` makes them of what may be personal. `at` is in milliseconds since
 * 1970, `amount` in minor units of `currency`; `card` tells cards apart, null where it isn't known.
 */
export type VelocityAttempt = { id: string; at: number; amount: number; currency: string; card: string | null; keys: readonly string[] };

/** Of one key in one window, the attempt itself included. `amount`: of attempts in its currency. `cards`: different ones. */
export type VelocityCounts = { attempts: number; failed: number; amount: number; cards: number };

/** How an attempt ended, by its id. A success after a failure corrects it. */
export type VelocityEnd = { id: string; failed: boolean };

export type Velocity = {
  /**
   * Notes an attempt, once however often it is given, and counts: by key in the order given, by window. `cardKnown`: whether its card was
   * charged with success before. Of several attempts at the same time each sees another number. Rejects where the store can't be reached.
   */
  note: (attempt: VelocityAttempt) => Promise<{ counts: readonly (readonly VelocityCounts[])[]; cardKnown: boolean }>;
  /** Attempts that were never noted are passed over. */
  ended: (ends: readonly VelocityEnd[]) => Promise<void>;
  close: () => Promise<void>;
};

/** `windowsMs`: shortest first, as counts are told. `most`: of one key only its latest so many attempts are counted, so that a busy one costs no more. */
export type VelocityWindows = { windowsMs: readonly number[]; most?: number };

export const usualMost = 1_000;

/** How long a card that was charged stays known. */
export const cardKnownMs = 2 * 365 * 86_400_000;

/** The last word on each attempt. */
export const lastEnds = (ends: readonly VelocityEnd[]): readonly VelocityEnd[] => [...new Map(ends.map((end) => [end.id, end])).values()];
