import { setTimeout as pause } from 'node:timers/promises';

/** Something that runs until it is stopped or dies; `exited` says in words how it ended. */
export type Running = { exited: Promise<string>; stop: () => Promise<void> };

type Settings = {
  name: string;
  start: () => Promise<Running>;
  log: { warn: (fields: object, message: string) => void };
  /** Called once it has died `limit` times within a minute: nobody is helped by trying for ever. */
  giveUp: (error: Error) => void;
  limit?: number;
};

/** Starts it, and starts it again whenever it dies by itself. The first start must succeed: its error is the caller's. */
export const keepRunning = async ({ name, start, log, giveUp, limit = 10 }: Settings): Promise<{ stop: () => Promise<void> }> => {
  let stopping = false;
  let current = await start();
  const deaths: number[] = [];

  const watch = async (): Promise<void> => {
    while (true) {
      const how = await current.exited;
      if (stopping) return;
      const again = await restart(how);
      if (!again) return;
      current = again;
      if (stopping) return void (await current.stop());
    }
  };

  const restart = async (how: string): Promise<Running | undefined> => {
    let reason = how;
    while (!stopping) {
      const now = performance.now();
      deaths.push(now);
      while (deaths[0] !== undefined && deaths[0] < now - 60_000) deaths.shift();
      if (deaths.length >= limit) return void giveUp(new Error(`${name} died ${limit} times within a minute, last: ${reason}`));
      log.warn({ name, reason, deaths: deaths.length }, `${name} ended by itself: starting it again`);
      await pause(Math.min(5_000, 50 * 2 ** (deaths.length - 1)));
      try {
        if (!stopping) return await start();
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return undefined;
  };

  const watching = watch();
  return {
    stop: async () => {
      stopping = true;
      await current.stop();
      await watching;
    },
  };
};
