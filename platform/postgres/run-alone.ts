import { pause } from '../event-store/backoff.ts';
import type { Pool, PoolClient } from './postgres.ts';

type Running = { stop: () => Promise<void> };
export type AloneOptions = {
  /** What must run in one process at a time, among all that use this database. */
  name: string;
  run: () => Promise<Running>;
  /** How often one that waits looks, and one that runs makes sure that it still may. Milliseconds. */
  everyMs?: number;
  onError: (error: unknown) => void;
};

/**
 * Runs something in one process at a time: another takes over within seconds when that one stops, is killed, or loses the database. For a
 * moment two may run, where the first hasn't noticed yet.
 */
export const runAlone = (pool: Pool, { name, run, everyMs = 5_000, onError }: AloneOptions): Running => {
  const stopping = new AbortController();
  const { signal } = stopping;

  /** For as long as the connection, which holds the lock, is there. */
  const hold = async (client: PoolClient, lost: Promise<never>): Promise<void> => {
    const running = await run();
    try {
      while (!signal.aborted) {
        await Promise.race([pause(everyMs, signal), lost]);
        // Asked for: a connection that is silently gone says nothing by itself.
        await client.query('select 1');
      }
    } finally {
      await running.stop();
    }
  };

  const turn = async (): Promise<void> => {
    const client = await pool.connect();
    const { lost, forget } = lostBy(client);
    try {
      if (await locked(client, name)) {
        await hold(client, lost);
        await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
      }
      forget();
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  };

  const taking = (async () => {
    while (!signal.aborted) {
      await turn().catch(onError);
      await pause(everyMs, signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await taking;
    },
  };
};

const locked = async (client: PoolClient, name: string): Promise<boolean> =>
  (await client.query<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [name])).rows[0]?.locked === true;

/** `lost` rejects once the connection breaks. */
const lostBy = (client: PoolClient): { lost: Promise<never>; forget: () => void } => {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  client.on('error', reject);
  // Only who waits for it wants to know.
  lost.catch(() => {});
  return { lost, forget: () => void client.off('error', reject) };
};
