import { eventStoreUnavailable } from './unavailable.ts';

/** What the client gives for a read: a stream that can be broken off. */
type Cancellable<T> = AsyncIterable<T> & {
  cancel: () => Promise<void>;
  destroy: (error?: Error) => unknown;
  on: (event: 'error', listener: () => void) => unknown;
};

/** A read without a deadline of its own, with one: it fails where nothing comes for `idleMs` while somebody waits. Leaving the loop cancels the call. */
export async function* patiently<T>(open: () => Cancellable<T>, { idleMs, what }: { idleMs: number; what: string }): AsyncGenerator<T> {
  const source = open();
  source.on('error', () => {});
  let waiting = true;
  const late = () => {
    // Somebody busy with what they have got is no reason to give up.
    if (waiting) source.destroy(eventStoreUnavailable(`${what}: the event store sent nothing for ${idleMs} ms`));
    else timer.refresh();
  };
  const timer = setTimeout(late, idleMs);
  let ended = false;
  try {
    for await (const one of source) {
      waiting = false;
      yield one;
      waiting = true;
      timer.refresh();
    }
    ended = true;
  } finally {
    clearTimeout(timer);
    if (!ended) await source.cancel().catch(() => {});
  }
}
