import { pause } from '../event-store/backoff.ts';
import { beforeAll, type Position } from '../event-store/event-store.ts';
import { migrate, schema } from './migrate.ts';
import type { Pool, Queryable } from './postgres.ts';

export type Checkpoints = {
  /** `beforeAll` where none was saved. */
  load: (name: string) => Promise<Position>;
  /** With `client` it is part of that client's transaction. A lower position than the stored one is taken too: a rebuild starts over. */
  save: (name: string, position: Position, client?: Queryable) => Promise<void>;
};

const steps = [`create table ${schema}.checkpoints (name text primary key, position bigint not null, saved_at timestamptz not null default now())`];

export const checkpoints = (pool: Pool): Checkpoints => {
  let ready: Promise<void> | undefined;
  const migrated = (): Promise<void> => {
    ready ??= migrate(pool, 'checkpoints', steps).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  };
  return {
    load: async (name) => {
      await migrated();
      const { rows } = await pool.query<{ position: string }>(`select position from ${schema}.checkpoints where name = $1`, [name]);
      return rows[0] ? BigInt(rows[0].position) : beforeAll;
    },
    save: async (name, position, client = pool) => {
      await migrated();
      await client.query(
        `insert into ${schema}.checkpoints (name, position) values ($1, $2)
         on conflict (name) do update set position = excluded.position, saved_at = now()`,
        [name, position.toString()],
      );
    },
  };
};

/** Resolves true once the follower of this name has saved the position, or a later one; false after the time-out. From any process. */
export const reachedCheckpoint =
  ({ load }: Pick<Checkpoints, 'load'>, name: string) =>
  async (position: Position, timeoutMs: number): Promise<boolean> => {
    const until = performance.now() + timeoutMs;
    while ((await load(name)) < position) {
      if (performance.now() > until) return false;
      await pause(25);
    }
    return true;
  };
