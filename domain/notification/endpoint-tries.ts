// When a webhook is tried again, and when its endpoint has failed for too long.

/** Waits between tries in milliseconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. With the first that makes eight tries, over about 28 hours. */
export const usualWaits: readonly number[] = [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];

/** A receiver that asks for more patience than this doesn't get it. Milliseconds. */
const longestWait = 24 * 3_600_000;

/**
 * How long to wait after so many failed tries, in milliseconds; null where it was the last. `retryAfterMs` is what the receiver asked for.
 * `chance` (0 to 1) lengthens it by up to a fifth: what failed together isn't tried again together.
 */
export const waitAfter = (
  { tries, retryAfterMs, chance }: { tries: number; retryAfterMs: number | null; chance: number },
  waits: readonly number[] = usualWaits,
): number | null => {
  const wait = waits[tries - 1];
  if (wait === undefined) return null;
  return Math.round(Math.max(wait * (1 + chance / 5), patienceFor(retryAfterMs)));
};

/** What a receiver asked for, as far as it gets it. Milliseconds. */
export const patienceFor = (retryAfterMs: number | null): number => Math.min(retryAfterMs ?? 0, longestWait);

/** Five days, in milliseconds. */
export const usualFailingMs = 5 * 24 * 3_600_000;

/** `failures`: tries in a row without a success, since `failingSince`. */
export type Health = { failingSince: Date | null; failures: number };

/** Whether nothing has got through for so long, in as many tries as one delivery has, that the endpoint is to be disabled. */
export const failsTooLong = ({ failingSince, failures }: Health, enabledAt: string | null, now: Date, failingMs: number = usualFailingMs): boolean => {
  if (failingSince === null || failures <= usualWaits.length) return false;
  const since = Math.max(failingSince.getTime(), enabledAt === null ? 0 : Date.parse(enabledAt));
  return now.getTime() - since >= failingMs;
};
