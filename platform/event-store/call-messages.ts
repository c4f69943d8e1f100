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
 * The messages of a call in order, at less cost than a stream's own iterator. What was received is given before an error is thrown.
 * Leaving the loop cancels the call.
 */
export async function* messagesOf<T>(call: MessageCall<T>, { idleMs, late = () => new Error('late'), signal }: MessagesOptions = {}): AsyncGenerator<T> {
  let queue: T[] = [];
  let [ended, paused] = [false, false];
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const notice = (): void => {
    wake?.();
    wake = undefined;
  };
  const end = (error?: Error): void => {
    if (!ended) failure = error;
    ended = true;
    notice();
  };
  call.on('data', (message) => {
    queue.push(message);
    if (queue.length >= highWater && !paused) {
      paused = true;
      call.pause();
    }
    notice();
  });
  call.on('error', end);
  call.on('end', () => end());
  call.on('close', () => end());
  const abort = (): void => {
    queue = [];
    end();
  };
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    for (;;) {
      const messages = queue;
      queue = [];
      for (const message of messages) {
        if (signal?.aborted) return;
        yield message;
      }
      if (queue.length > 0) continue;
      if (ended) break;
      if (paused) {
        paused = false;
        call.resume();
      }
      await new Promise<void>((resolve) => {
        const timer = idleMs === undefined ? undefined : setTimeout(() => end(late()), idleMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (failure) throw failure;
  } finally {
    signal?.removeEventListener('abort', abort);
    call.cancel();
    call.destroy();
  }
}
