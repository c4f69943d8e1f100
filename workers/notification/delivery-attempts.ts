import { randomUUID } from 'node:crypto';
import { inBatches } from '../../platform/in-batches.ts';
import { migrate, schema } from '../../platform/postgres/migrate.ts';
import type { Pool } from '../../platform/postgres/postgres.ts';

/**
 * A mark that a message was perhaps sent, set before it is handed to a provider. Whoever finds the mark of a try that never told its end must
 * not send again where the provider would take it twice, and must not say in any case that it wasn't sent.
 */
export type DeliveryAttempts = {
  /**
   * `cut_off`: a try was begun before, and how it ended isn't known. `under_way`: by another job, so lately that it may still be at it.
   * `jobId` is the same for all tries of one job, of which one runs at a time.
   */
  begin: (deliveryId: string, jobId: string) => Promise<'begun' | 'cut_off' | 'under_way'>;
  /** The try has certainly sent nothing: the next one may begin. */
  clear: (deliveryId: string) => Promise<void>;
};

const steps = [
  `create table ${schema}.delivery_attempts (delivery_id text primary key, begun_at timestamptz not null default now())`,
  `create index on ${schema}.delivery_attempts (begun_at)`,
  `alter table ${schema}.delivery_attempts add column job_id text`,
  `alter table ${schema}.delivery_attempts add column try_id text`,
];

// Jobs have given up long before.
const keptDays = 30;
// Longer than any provider is waited for, all those of one channel one after the other included.
const underWaySeconds = 300;

export const openDeliveryAttempts = async (pool: Pool): Promise<DeliveryAttempts> => {
  await migrate(pool, 'delivery_attempts', steps);
  await pool.query(`delete from ${schema}.delivery_attempts where begun_at < now() - make_interval(days => $1)`, [keptDays]);
  const begin = inBatches((asked: readonly Asked[]) => beginAll(pool, asked));
  // The mark that this process set last of a delivery; and those of which it knows that nothing was sent, though PostgreSQL may not have heard.
  const own = new Map<string, string>();
  const cleared = new Map<string, string>();

  /** A mark of ours that was to be cleared is still there: only that very one may be taken over. */
  const takeOver = async ({ deliveryId, jobId, tryId }: Asked, before: string): Promise<boolean> => {
    const { rowCount } = await pool.query(takeOverSql, [deliveryId, before, jobId, tryId]);
    return rowCount === 1;
  };

  return {
    begin: async (deliveryId, jobId) => {
      const asked = { deliveryId, jobId, tryId: randomUUID() };
      const { found, tryId } = await begin(asked);
      const before = cleared.get(deliveryId);
      const ours = found !== 'begun' && before !== undefined && before === tryId && (await takeOver(asked, before));
      cleared.delete(deliveryId);
      if (found === 'begun' || ours) own.set(deliveryId, asked.tryId);
      return ours ? 'begun' : found;
    },
    clear: async (deliveryId) => {
      const tryId = own.get(deliveryId);
      if (tryId === undefined) return;
      own.delete(deliveryId);
      try {
        await pool.query(`delete from ${schema}.delivery_attempts where delivery_id = $1 and try_id = $2`, [deliveryId, tryId]);
      } catch {
        cleared.set(deliveryId, tryId);
      }
    },
  };
};

type Asked = { deliveryId: string; jobId: string; tryId: string };
type Row = { begun: boolean; job_id: string | null; try_id: string | null; old: boolean | null };
type Begun = { found: 'begun' | 'cut_off' | 'under_way'; tryId: string | null };

/** Those of one moment in one statement. */
const beginAll = async (pool: Pool, asked: readonly Asked[]): Promise<readonly Begun[]> => {
  const values = [asked.map(({ deliveryId }) => deliveryId), asked.map(({ jobId }) => jobId), asked.map(({ tryId }) => tryId), underWaySeconds];
  const { rows } = await pool.query<Row>({ name: 'begin deliveries', text: beginSql, values });
  const first = new Map(asked.map(({ deliveryId }, index) => [deliveryId, index] as const).toReversed());
  return asked.map(({ deliveryId, jobId, tryId }, index): Begun => {
    const row = rows[index];
    if (row?.begun && first.get(deliveryId) === index) return { found: 'begun', tryId };
    // Not seen yet: somebody has begun in this very moment.
    return { found: row?.old || row?.job_id === jobId ? 'cut_off' : 'under_way', tryId: row?.try_id ?? null };
  });
};

const beginSql = `
  with asked as (select * from unnest($1::text[], $2::text[], $3::text[]) with ordinality as asked (delivery_id, job_id, try_id, place)),
  begun as (
    insert into ${schema}.delivery_attempts (delivery_id, job_id, try_id) select delivery_id, job_id, try_id from asked
    on conflict (delivery_id) do nothing returning delivery_id
  )
  select begun.delivery_id is not null as begun, known.job_id, known.try_id, known.begun_at < now() - make_interval(secs => $4) as old
  from asked left join begun using (delivery_id) left join ${schema}.delivery_attempts known using (delivery_id)
  order by asked.place`;

const takeOverSql = `
  update ${schema}.delivery_attempts set begun_at = now(), job_id = $3, try_id = $4 where delivery_id = $1 and try_id = $2`;
