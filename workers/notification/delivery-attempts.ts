import { migrate, schema } from '../../platform/postgres/migrate.ts';
import type { Pool } from '../../platform/postgres/postgres.ts';

/**
 * A mark that a message was perhaps sent, set before it is handed to a provider that would take it twice. Whoever finds the mark of a
 * try that never told its end must not send again.
 */
export type DeliveryAttempts = {
  /** False where a try was begun before, and how it ended isn't known. */
  begin: (deliveryId: string) => Promise<boolean>;
  /** The try has certainly sent nothing: the next one may begin. */
  clear: (deliveryId: string) => Promise<void>;
};

const steps = [
  `create table ${schema}.delivery_attempts (delivery_id text primary key, begun_at timestamptz not null default now())`,
  `create index on ${schema}.delivery_attempts (begun_at)`,
];

// Jobs have given up long before.
const keptDays = 30;

export const openDeliveryAttempts = async (pool: Pool): Promise<DeliveryAttempts> => {
  await migrate(pool, 'delivery_attempts', steps);
  await pool.query(`delete from ${schema}.delivery_attempts where begun_at < now() - make_interval(days => $1)`, [keptDays]);
  // What was cleared while PostgreSQL was away: in this process it is known that nothing was sent.
  const cleared = new Set<string>();
  return {
    begin: async (deliveryId) => {
      const { rowCount } = await pool.query(`insert into ${schema}.delivery_attempts (delivery_id) values ($1) on conflict do nothing`, [deliveryId]);
      return cleared.delete(deliveryId) || rowCount === 1;
    },
    clear: async (deliveryId) => {
      try {
        await pool.query(`delete from ${schema}.delivery_attempts where delivery_id = $1`, [deliveryId]);
      } catch {
        cleared.add(deliveryId);
      }
    },
  };
};
