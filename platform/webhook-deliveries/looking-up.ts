import type { Queryable } from '../postgres/postgres.ts';
import { attempts, deliveries } from './tables.ts';
import type { WebhookAttempt, WebhookDeliveries, WebhookDelivery, WebhookStatus } from './webhook-deliveries.ts';

type Row = {
  id: string;
  sequence: string;
  endpoint_id: string;
  event_id: string;
  type: string;
  status: WebhookStatus;
  attempts: number;
  due_at: Date | null;
  created_at: Date;
  delivered_at: Date | null;
  status_code: number | null;
  error: string | null;
};

const selected = `
  select d.*, a.status_code, a.error from ${deliveries} d left join ${attempts} a on a.delivery_id = d.id and a.number = d.attempts`;

export const getOne = async (db: Queryable, id: string): Promise<WebhookDelivery | undefined> => {
  const { rows } = await db.query<Row>(`${selected} where d.id = $1`, [id]);
  return rows[0] && deliveryOf(rows[0]);
};

type Query = Parameters<WebhookDeliveries['list']>[0];

export const listOf = async (db: Queryable, { endpointId, status, type, limit, after }: Query): ReturnType<WebhookDeliveries['list']> => {
  const { rows } = await db.query<Row>(
    `${selected}
     where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and ($3::text is null or d.type = $3) and ($4::bigint is null or d.sequence < $4)
     order by d.sequence desc limit $5`,
    [endpointId, status ?? null, type ?? null, after ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { data: page.map(deliveryOf), ...(rows.length > limit && last ? { next: last.sequence } : {}) };
};

const deliveryOf = (row: Row): WebhookDelivery => ({
  id: row.id,
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  type: row.type,
  status: row.status,
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  nextTryAt: row.due_at?.toISOString() ?? null,
  deliveredAt: row.delivered_at?.toISOString() ?? null,
  lastStatusCode: row.status_code,
  lastError: row.error,
});

type AttemptRow = { at: Date; duration_ms: number; status_code: number | null; error: string | null; excerpt: string | null };

export const attemptsOf = async (db: Queryable, id: string): Promise<readonly WebhookAttempt[]> => {
  const { rows } = await db.query<AttemptRow>(`select * from ${attempts} where delivery_id = $1 order by number desc limit 100`, [id]);
  return rows
    .reverse()
    .map(({ at, duration_ms, status_code, error, excerpt }) => ({ at: at.toISOString(), durationMs: duration_ms, statusCode: status_code, error, excerpt }));
};
