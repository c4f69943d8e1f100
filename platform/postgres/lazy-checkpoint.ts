import type { Position } from '../event-store/event-store.ts';

/**
 * Saves a position a while after it was set, only the last of several, and tries again what failed: for those to whom the same events
 * may come twice after a crash.
 */
export const lazyCheckpoint = (
  save: (position: Position) => Promise<void>,
  { everyMs = 1_000, onError }: { everyMs?: number; onError: (error: unknown) => void },
) => {
  let pending: Position | undefined;
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();

  const savePending = async (): Promise<void> => {
    const position = pending;
    if (position === undefined) return;
    pending = undefined;
    try {
      await save(position);
    } catch (error) {
      onError(error);
      // Unless a later one has come meanwhile.
      pending ??= position;
      arm();
    }
  };
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(savePending);
    return saving;
  };
  const arm = (): void => {
    timer ??= setTimeout(() => void write(), everyMs).unref();
  };

  return {
    set: (position: Position): void => {
      pending = position;
      arm();
    },
    /** Saves at once; what fails then is not tried again. */
    close: async (): Promise<void> => {
      await write();
      clearTimeout(timer);
    },
  };
};
