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
