import type { Queryable } from '../postgres/postgres.ts';
import { attempts, deliveries, events } from './tables.ts';

const keptDays = 30;
const batch = 1_000;

/** What is older than thirty days, a thousand deliveries or events in a statement. */
export const pruneBefore = async (db: Queryable, now: Date): Promise<void> => {
  const before = new Date(now.getTime() - keptDays * 24 * 3_600_000);
  const all = async (sql: string): Promise<void> => {
    for (;;) {
      const { rowCount } = await db.query(sql, [before, batch]);
      if ((rowCount ?? 0) < batch) return;
    }
  };
  await all(`
    with old as (delete from ${deliveries} where id in (select id from ${deliveries} where created_at < $1 limit $2) returning id),
      tries as (delete from ${attempts} where delivery_id in (select id from old))
    select id from old`);
  await all(`delete from ${events} where id in (select id from ${events} where created_at < $1 limit $2)`);
};
