import { backoffMs, pause } from './backoff.ts';
import { eventStoreUnavailable, isEventStoreUnavailable } from './unavailable.ts';

export type Retrying = {
  /** How long nothing may come. Milliseconds. */
  forMs: number;
  /** What trying again can't mend, as the error to throw. */
  hopeless: (cause: unknown) => Error | undefined;
};

/** A read in batches that goes on, when its connection breaks, behind the last it gave; `open` is told that one and how many there were. */
export async function* retrying<T>(
  { forMs, hopeless }: Retrying,
  open: (last: T | undefined, count: number) => AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  let last: T | undefined;
  let count = 0;
  let deadline = Date.now() + forMs;
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const batch of open(last, count)) {
        last = batch.at(-1) ?? last;
        count += batch.length;
        yield batch;
        [attempt, deadline] = [0, Date.now() + forMs];
      }
      return;
    } catch (error) {
      const never = hopeless(error);
      if (never) throw never;
      if (isEventStoreUnavailable(error)) throw error;
      if (Date.now() >= deadline) throw eventStoreUnavailable(`the event store could not be read for ${forMs} ms`, error);
      await pause(backoffMs(attempt, { baseMs: 50, capMs: 1_000 }));
    }
  }
}
