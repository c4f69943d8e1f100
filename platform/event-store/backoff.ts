/** Exponential with full jitter: between nothing and `baseMs`·2^attempt, at most `capMs`. Attempts count from 0. */
export const backoffMs = (attempt: number, { baseMs, capMs }: { baseMs: number; capMs: number }): number =>
  Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));

/** Resolves after the time, or as soon as the signal aborts; never rejects. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });

/** Rejects with `late()` where the promise hasn't settled in time; the promise itself goes on. */
export const within = <T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    const settled = () => clearTimeout(timer);
    promise.then(resolve, reject);
    promise.then(settled, settled);
  });
