/** A server's side of a call, as gRPC for Node gives it: a stream of messages that can be cancelled. */
export type MessageCall<T> = {
  on(event: 'data', listener: (message: T) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  cancel(): void;
  destroy(): unknown;
};

export type MessagesOptions = {
  /** Fails where nothing comes for so long while somebody waits. Milliseconds; never, if not given. */
  idleMs?: number;
  late?: () => Error;
  /** Ends it, without an error. */
  signal?: AbortSignal;
};

// Messages that wait for who takes them, before the server is asked to pause.
const highWater = 512;

/**
 * The messages of a call in order, as many at a time as have come: one by one, through all the layers of a read, each would cost several turns.
 * What was received is given before an error is thrown. Leaving the loop cancels the call.
 */
export async function* messagesOf<T>(
  call: MessageCall<T>,
  { idleMs, late = () => new Error('late'), signal }: MessagesOptions = {},
): AsyncGenerator<readonly T[]> {
  const inbox = inboxOf(call);
  const abort = () => inbox.end();
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    for (let messages = inbox.take(); messages; messages = inbox.take()) {
      if (signal?.aborted) return;
      if (messages.length > 0) yield messages;
      await inbox.something(idleMs, late);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    call.cancel();
    call.destroy();
  }
}

const inboxOf = <T>(call: MessageCall<T>) => {
  let queue: T[] = [];
  let [ended, paused] = [false, false];
  let failure: Error | undefined;
  let wake = (): void => {};
  const end = (error?: Error): void => {
    if (!ended) failure = error;
    ended = true;
    wake();
  };
  call.on('data', (message) => {
    queue.push(message);
    if (queue.length >= highWater && !paused) {
      paused = true;
      call.pause();
    }
    wake();
  });
  call.on('error', end);
  call.on('end', () => end());
  call.on('close', () => end());
  return {
    end,
    /** All that has come; undefined at the end, where it throws what the call failed with. */
    take: (): T[] | undefined => {
      if (ended && queue.length === 0) {
        if (failure) throw failure;
        return undefined;
      }
      const taken = queue;
      queue = [];
      return taken;
    },
    /** Resolves when there is something to take. */
    something: (idleMs: number | undefined, late: () => Error): Promise<void> | undefined => {
      if (queue.length > 0 || ended) return undefined;
      if (paused) {
        paused = false;
        call.resume();
      }
      return new Promise((resolve) => {
        const timer = idleMs === undefined ? undefined : setTimeout(() => end(late()), idleMs);
        wake = () => {
          clearTimeout(timer);
          wake = () => {};
          resolve();
        };
      });
    },
  };
};
