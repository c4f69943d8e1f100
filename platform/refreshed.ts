/** Something slow that is wanted often: what was last found, while it is looked for again in the background. */
export type Refreshed<T> = {
  /** Undefined until it was found for the first time. Never waits. */
  current: () => T | undefined;
  /** Not older than it may be: waits where it is looked for. Undefined where it never was found. */
  fresh: () => Promise<T | undefined>;
  /** Looks now, or waits for who is looking already. Keeps what was found before where it fails. */
  refresh: () => Promise<void>;
};

/** `everyMs`: older than that, the next who asks has it looked for again. */
export const refreshed = <T>(
  look: () => Promise<T>,
  { everyMs, onError = () => {}, now = () => performance.now() }: { everyMs: number; onError?: (error: unknown) => void; now?: () => number },
): Refreshed<T> => {
  let found: T | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    looking ??= (async () => {
      try {
        found = await look();
      } catch (error) {
        onError(error);
      } finally {
        lookedAt = now();
        looking = undefined;
      }
    })();
    return looking;
  };

  const isOld = (): boolean => now() - lookedAt >= everyMs;
  return {
    current: () => {
      if (isOld()) void refresh();
      return found;
    },
    fresh: async () => {
      if (isOld()) await refresh();
      return found;
    },
    refresh,
  };
};
