import type { PostgresConnection } from 'bullmq';

type Listener = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** Wakes the workers of one queue in this process. */
export type WakeUp = {
  /** Called before jobs are looked for: what is announced from here on wakes the next `wait`, or ends it at once. */
  look: () => void;
  /** Resolves true once jobs were announced since `look`, false after so many milliseconds or at once while it is interrupted. */
  wait: (ms: number) => Promise<boolean>;
  interrupt: () => void;
  resume: () => void;
};

/**
 * One LISTEN for all queues that stays open, so nothing announced between looking for a job and waiting for one is missed, and no query
 * has to make sure of that. Where the connection breaks everybody is woken, and looks for what was announced meanwhile.
 */
export const openWakeUps = (connection: PostgresConnection): ((queue: string) => WakeUp) => {
  const wakers = new Map<string, Set<() => void>>();
  const listening = new WeakMap<Listener, Promise<unknown>>();
  const all = () => [...wakers.values()].flatMap((some) => [...some]);
  connection.on('listenerinvalidated', () => {
    for (const wake of all()) wake();
  });

  const listen = async (): Promise<void> => {
    const client = await connection.getListenClient();
    const known = listening.get(client);
    if (known) return void (await known);
    client.on('notification', ({ channel, payload }) => {
      if (channel === 'bullmq_jobs') for (const wake of wakers.get(payload ?? '') ?? []) wake();
    });
    const begun = client.query('listen bullmq_jobs');
    listening.set(client, begun);
    await begun.catch((error: unknown) => {
      listening.delete(client);
      throw error;
    });
    // Announced before, heard by nobody.
    for (const wake of all()) wake();
  };

  return (queue) => {
    let announced = false;
    let interrupted = false;
    let end: ((woken: boolean) => void) | undefined;
    const ofQueue = wakers.get(queue) ?? new Set();
    wakers.set(
      queue,
      ofQueue.add(() => {
        announced = true;
        end?.(true);
      }),
    );
    return {
      look: () => {
        announced = false;
      },
      wait: async (ms) => {
        if (!interrupted) await listen();
        if (interrupted || announced) return announced;
        return new Promise((resolve) => {
          const timer = setTimeout(() => end?.(false), ms);
          end = (woken) => {
            clearTimeout(timer);
            end = undefined;
            resolve(woken);
          };
        });
      },
      interrupt: () => {
        interrupted = true;
        end?.(false);
      },
      resume: () => {
        interrupted = false;
      },
    };
  };
};
