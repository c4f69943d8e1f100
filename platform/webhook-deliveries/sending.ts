import type { Queryable } from '../postgres/postgres.ts';
import type { SealedEvent } from './sealed-events.ts';
import { attempts, deliveries, events, lanes } from './tables.ts';
import type { ClaimedDelivery, EndpointHealth, NewDelivery, Verdict, WebhookAttempt } from './webhook-deliveries.ts';

export type Added = { event: SealedEvent; deliveries: readonly NewDelivery[] };

/** In the order of their ids, so that two processes that add the same don't wait for each other. */
const inOrder = <T>(rows: readonly T[], idOf: (row: T) => string): T[] =>
  [...new Map(rows.map((row) => [idOf(row), row])).values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));

export const addAll = async (db: Queryable, added: readonly Added[]): Promise<void> => {
  const rows = added.flatMap(({ event, deliveries: some }) =>
    some.map(({ id, endpointId, status, once = false }) => ({ id, endpoint_id: endpointId, event_id: event.id, type: event.type, status, once })),
  );
  if (rows.length === 0) return;
  const told = added.filter((one) => one.deliveries.length > 0).map(({ event }) => event);
  await db.query({
    name: 'add webhooks',
    text: addSql,
    values: [
      JSON.stringify(inOrder(told, ({ id }) => id)),
      JSON.stringify(inOrder(rows, ({ id }) => id)),
      JSON.stringify(inOrder(rows, (row) => row.endpoint_id).map(({ endpoint_id }) => ({ endpoint_id }))),
    ],
  });
};

const addSql = `
  with told as (
    insert into ${events} (id, type, time, data, sealed) select id, type, time, data, sealed from jsonb_populate_recordset(null::${events}, $1::jsonb)
    on conflict (id) do nothing
  ), lane as (
    insert into ${lanes} (endpoint_id) select endpoint_id from jsonb_populate_recordset(null::${lanes}, $3::jsonb) on conflict (endpoint_id) do nothing
  )
  insert into ${deliveries} (id, endpoint_id, event_id, type, status, once, due_at)
  select id, endpoint_id, event_id, type, status, once, case when status = 'pending' then now() end
  from jsonb_populate_recordset(null::${deliveries}, $2::jsonb)
  on conflict (id) do nothing`;

type ClaimedRow = {
  id: string;
  endpoint_id: string;
  once: boolean;
  tries: number;
  claim: string;
  event_id: string;
  type: string;
  time: string;
  data: object;
  sealed: SealedEvent['sealed'];
};
export type Claimed = Omit<ClaimedDelivery, 'event'> & { event: SealedEvent };

export type ClaimOptions = { room: number; perEndpoint: number; busy: ReadonlyMap<string, number>; leaseMs: number };

export const claimDue = async (db: Queryable, { room, perEndpoint, busy, leaseMs }: ClaimOptions): Promise<readonly Claimed[]> => {
  const { rows } = await db.query<ClaimedRow>({
    name: 'claim webhooks',
    text: claimSql,
    values: [room, perEndpoint, JSON.stringify(Object.fromEntries(busy)), leaseMs],
  });
  return rows.map(({ id, endpoint_id, once, tries, claim, event_id, type, time, data, sealed }) => ({
    id,
    endpointId: endpoint_id,
    once,
    tries,
    claim,
    event: { id: event_id, type, time, data, sealed },
  }));
};

// The row's own condition is looked at again once it is locked: what another process has claimed meanwhile is no longer due.
const claimSql = `
  with lane as (
    select l.endpoint_id, (case when l.failing_since is null then $2::int else least($2::int, 1) end) - coalesce(b.value::int, 0) as room
    from ${lanes} l left join jsonb_each_text($3::jsonb) b on b.key = l.endpoint_id::text
    where l.paused_until is null or l.paused_until <= now()
  ), due as (
    select d.id, d.due_at, row_number() over (partition by lane.endpoint_id order by d.due_at) as turn
    from lane cross join lateral (
      select id, due_at from ${deliveries}
      where endpoint_id = lane.endpoint_id and status = 'pending' and due_at <= now() order by due_at limit greatest(lane.room, 0)
    ) d
  ), chosen as (select id from due order by turn, due_at limit $1::int)
  update ${deliveries} d set due_at = now() + $4::int * interval '1 millisecond', claim = gen_random_uuid()
  from chosen c, ${events} e
  where d.id = c.id and e.id = d.event_id and d.status = 'pending' and d.due_at <= now()
  returning d.id, d.endpoint_id, d.once, d.tries, d.claim, e.id as event_id, e.type, e.time, e.data, e.sealed`;

type HealthRow = { failing_since: Date | null; failures: number; paused_until: Date | null };
export const healthy: EndpointHealth = { failingSince: null, failures: 0, pausedUntil: null };
export const healthOf = (row: HealthRow | undefined): EndpointHealth =>
  row ? { failingSince: row.failing_since, failures: row.failures, pausedUntil: row.paused_until } : healthy;

type Recorded = { delivery: Pick<ClaimedDelivery, 'id' | 'claim' | 'endpointId'>; attempt: WebhookAttempt; verdict: Verdict; pauseMs: number };

export const recordAttempt = async (db: Queryable, { delivery, attempt, verdict, pauseMs }: Recorded): Promise<EndpointHealth> => {
  const { at, durationMs, statusCode, error, excerpt } = attempt;
  const { rows } = await db.query<HealthRow>({
    name: 'record webhook',
    text: recordSql,
    values: [
      ...[delivery.id, delivery.claim, delivery.endpointId, verdict.status, 'inMs' in verdict ? verdict.inMs : null, pauseMs],
      ...[at, durationMs, statusCode, error, excerpt],
    ],
  });
  return healthOf(rows[0]);
};

// A success counts whoever had it; a failure of somebody whose claim has run out, or that was asked for again meanwhile, decides nothing.
const recordSql = `
  with done as (
    update ${deliveries} set
      attempts = attempts + 1,
      tries = case when claim = $2::uuid then tries + 1 else tries end,
      delivered_at = case when $4 = 'delivered' then coalesce(delivered_at, now()) else delivered_at end,
      due_at = case
        when $4 = 'delivered' then null
        when claim = $2::uuid and status = 'pending' then now() + $5::bigint * interval '1 millisecond'
        else due_at end,
      status = case when $4 = 'delivered' then $4 when claim = $2::uuid and status = 'pending' then $4 else status end
    where id = $1
    returning id, attempts
  ), tried as (
    insert into ${attempts} (delivery_id, number, at, duration_ms, status_code, error, excerpt)
    select id, attempts, $7::timestamptz, $8::int, $9::int, $10::text, $11::text from done
  ), lane as (
    update ${lanes} set
      failing_since = case when $4 = 'delivered' then null else coalesce(failing_since, now()) end,
      failures = case when $4 = 'delivered' then 0 else failures + 1 end,
      paused_until = case when $6::bigint > 0 then greatest(paused_until, now() + $6::bigint * interval '1 millisecond') else paused_until end
    where endpoint_id = $3 and ($4 <> 'delivered' or failing_since is not null)
    returning failing_since, failures, paused_until
  )
  select * from lane`;

export const skipWaiting = async (db: Queryable, endpointId: string, deliveryId: string | undefined): Promise<void> => {
  await db.query(
    `update ${deliveries} set status = 'skipped', due_at = null
     where endpoint_id = $1 and status = 'pending' and ($2::uuid is null and not once or id = $2)`,
    [endpointId, deliveryId ?? null],
  );
};

export const endLane = async (db: Queryable, endpointId: string): Promise<void> => {
  await db.query(
    `with gone as (delete from ${lanes} where endpoint_id = $1)
     update ${deliveries} set status = 'skipped', due_at = null where endpoint_id = $1 and status = 'pending'`,
    [endpointId],
  );
};

const again = `status = 'pending', tries = 0, due_at = now(), claim = null, request = $2`;

export const redeliverOne = async (db: Queryable, deliveryId: string, requestId: string): Promise<void> => {
  await db.query(`update ${deliveries} set ${again} where id = $1 and request is distinct from $2`, [deliveryId, requestId]);
};

export const recoverSince = async (db: Queryable, endpointId: string, since: string, requestId: string): Promise<void> => {
  await db.query(
    `update ${deliveries} set ${again}
     where endpoint_id = $1 and status in ('failed', 'skipped') and not once and created_at >= $3 and request is distinct from $2`,
    [endpointId, requestId, since],
  );
};
