import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/support/postgres.ts';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { openPostgres, type Pool } from '../postgres/postgres.ts';
import { openWebhookDeliveries } from './open-webhook-deliveries.ts';
import { deliveries as table } from './tables.ts';
import type { ClaimedDelivery, OutgoingEvent, Verdict, WebhookAttempt, WebhookDeliveries } from './webhook-deliveries.ts';

const personalData = inMemoryPersonalData();
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let deliveries: WebhookDeliveries;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 4 });
  deliveries = await openWebhookDeliveries(pool, personalData);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const event = (data: OutgoingEvent['data'] = { paymentId: 'p1' }): OutgoingEvent => ({
  id: randomUUID(),
  type: 'payment.captured',
  time: '2026-03-01T12:00:00.000Z',
  data,
});
const attempt = (change: Partial<WebhookAttempt> = {}): WebhookAttempt => ({
  at: '2026-03-01T12:00:01.000Z',
  durationMs: 12,
  statusCode: 500,
  error: 'The receiver answered 500.',
  excerpt: 'no',
  ...change,
});
const success = attempt({ statusCode: 200, error: null, excerpt: null });
const again: Verdict = { status: 'pending', inMs: 0 };

/** Waiting deliveries, an event each, and a way to claim those of these endpoints only. */
const endpoints = async (...counts: number[]) => {
  const ids = counts.map(() => randomUUID());
  const pending: { id: string; endpointId: string; event: OutgoingEvent }[] = [];
  for (const [n, count] of counts.entries()) {
    for (let i = 0; i < count; i += 1) pending.push({ id: randomUUID(), endpointId: ids[n] ?? '', event: event({ n: i }) });
  }
  await Promise.all(pending.map((one) => deliveries.add(one.event, [{ id: one.id, endpointId: one.endpointId, status: 'pending' }])));
  return { ids, pending };
};
const claim = (change: Partial<Parameters<WebhookDeliveries['claim']>[0]> = {}) =>
  deliveries.claim({ room: 100, perEndpoint: 100, busy: new Map(), leaseMs: 60_000, ...change });
const claimOf = async (endpointId: string, change?: Parameters<typeof claim>[0]) => (await claim(change)).filter((one) => one.endpointId === endpointId);
const first = <T>(items: readonly T[]): T => {
  const [one] = items;
  if (one === undefined) throw new Error('there is none');
  return one;
};
const oneClaimed = async (): Promise<ClaimedDelivery> => {
  const { ids } = await endpoints(1);
  return first(await claimOf(first(ids)));
};

describe('what is to be sent', () => {
  it('is kept once, however often it is added, and for each endpoint', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const told = event();
    const both = [a, b].map((endpointId) => ({ id: randomUUID(), endpointId, status: 'pending' as const }));
    await Promise.all([deliveries.add(told, both), deliveries.add(told, both), deliveries.add(told, both.toReversed())]);
    await deliveries.add(told, both);
    await deliveries.add(told, []);
    expect((await deliveries.list({ endpointId: a, limit: 10 })).data).toHaveLength(1);
    const claimed = (await claim()).filter(({ event: { id } }) => id === told.id);
    expect(claimed.map(({ endpointId }) => endpointId).toSorted()).toEqual([a, b].toSorted());
    expect(claimed.map((one) => one.event)).toEqual([told, told]);
  });

  it('is skipped for an endpoint that is disabled', async () => {
    const endpointId = randomUUID();
    await deliveries.add(event(), [{ id: randomUUID(), endpointId, status: 'skipped' }]);
    expect(await claimOf(endpointId)).toEqual([]);
    expect((await deliveries.list({ endpointId, limit: 10 })).data).toMatchObject([{ status: 'skipped', nextTryAt: null }]);
  });

  it('lies sealed, and goes without what was personal once the person was erased', async () => {
    const endpointId = randomUUID();
    const told = event({ paymentId: 'p1', customer: { id: 'ada', email: 'ada@example.com', name: 'Ada', country: 'GB' } });
    await deliveries.add(told, [{ id: randomUUID(), endpointId, status: 'pending' }]);
    const { rows } = await pool.query(`select * from platform.webhook_events where id = $1`, [told.id]);
    expect(JSON.stringify(rows)).not.toMatch(/ada@example|"Ada"/);
    expect(await deliveries.event(told.id)).toEqual(told);
    await personalData.erase('customer:ada');
    expect((await claimOf(endpointId)).map((one) => one.event.data)).toEqual([{ paymentId: 'p1', customer: { id: 'ada', country: 'GB' } }]);
  });
});

describe('who is next', () => {
  it('is one of each endpoint in turn, and no more of one than it may have', async () => {
    const { ids } = await endpoints(20, 20, 2);
    const [a = '', b = '', c = ''] = ids;
    const count = (claimed: readonly ClaimedDelivery[]) => ids.map((id) => claimed.filter(({ endpointId }) => endpointId === id).length);
    expect(count(await claim({ room: 6, perEndpoint: 5 }))).toEqual([2, 2, 2]);
    expect(
      count(
        await claim({
          room: 100,
          perEndpoint: 5,
          busy: new Map([
            [a, 2],
            [b, 5],
          ]),
        }),
      ),
    ).toEqual([3, 0, 0]);
    expect(await claimOf(c)).toEqual([]);
  });

  it('is nobody twice, of two who ask at once', async () => {
    const { ids } = await endpoints(40);
    const claimed = (await Promise.all([claim({ room: 30 }), claim({ room: 30 }), claim({ room: 30 })])).flat().filter((one) => one.endpointId === ids[0]);
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
  });

  it('is due again when its worker has died', async () => {
    const { ids } = await endpoints(1);
    expect(await claimOf(first(ids), { leaseMs: 30 })).toHaveLength(1);
    expect(await claimOf(first(ids))).toEqual([]);
    await expect.poll(async () => (await claimOf(first(ids))).length).toBe(1);
  });

  it('is one at a time of an endpoint that is failing, and none of one that asked for patience', async () => {
    const { ids } = await endpoints(5);
    const endpointId = first(ids);
    const failing = first(await claimOf(endpointId, { perEndpoint: 1 }));
    await deliveries.record(failing, attempt(), again);
    expect(await claimOf(endpointId)).toHaveLength(1);
    expect(await claimOf(endpointId, { busy: new Map([[endpointId, 1]]) })).toEqual([]);
    const busy = first(await claimOf(endpointId));
    expect(await deliveries.record(busy, attempt(), again, 60_000)).toMatchObject({ failures: 2, pausedUntil: expect.any(Date) });
    expect(await claimOf(endpointId)).toEqual([]);
    await deliveries.forgive(endpointId);
    expect(await deliveries.health(endpointId)).toEqual({ failingSince: null, failures: 0, pausedUntil: null });
    expect((await claimOf(endpointId)).length).toBeGreaterThan(1);
  });
});

describe('how a try ended', () => {
  it('is kept with its attempts, and counts for the endpoint', async () => {
    const claimed = await oneClaimed();
    expect(await deliveries.record(claimed, attempt(), again)).toMatchObject({ failures: 1, failingSince: expect.any(Date) });
    const second = first(await claimOf(claimed.endpointId));
    expect(second).toMatchObject({ id: claimed.id, tries: 1, event: claimed.event });
    expect(await deliveries.get(claimed.id)).toMatchObject({ status: 'pending', attempts: 1, lastStatusCode: 500, lastError: 'The receiver answered 500.' });
    expect(await deliveries.record(second, success, { status: 'delivered' })).toMatchObject({ failures: 0, failingSince: null });
    expect(await deliveries.get(claimed.id)).toMatchObject({
      status: 'delivered',
      attempts: 2,
      nextTryAt: null,
      deliveredAt: expect.any(String),
      lastError: null,
    });
    expect(await deliveries.attempts(claimed.id)).toEqual([attempt(), success]);
    expect(await claimOf(claimed.endpointId)).toEqual([]);
  });

  it('decides nothing where somebody else has claimed it meanwhile, unless it arrived', async () => {
    const { ids } = await endpoints(1);
    const stale = first(await claimOf(first(ids), { leaseMs: 1 }));
    const again: ClaimedDelivery[] = [];
    await expect.poll(async () => again.push(...(await claimOf(first(ids))))).toBe(1);
    const current = first(again);
    await deliveries.record(stale, attempt(), { status: 'failed' });
    expect(await deliveries.get(stale.id)).toMatchObject({ status: 'pending', attempts: 1 });
    await deliveries.record(stale, success, { status: 'delivered' });
    await deliveries.record(current, attempt(), { status: 'failed' });
    expect(await deliveries.get(stale.id)).toMatchObject({ status: 'delivered', attempts: 3 });
  });
});

describe('what is asked for again', () => {
  it('is tried from the first time on, once for each request', async () => {
    const claimed = await oneClaimed();
    await deliveries.record(claimed, attempt(), { status: 'failed' });
    await deliveries.redeliver(claimed.id, 'r1');
    const second = first(await claimOf(claimed.endpointId));
    expect(second).toMatchObject({ id: claimed.id, tries: 0 });
    await deliveries.record(second, success, { status: 'delivered' });
    await deliveries.redeliver(claimed.id, 'r1');
    expect(await claimOf(claimed.endpointId)).toEqual([]);
    await deliveries.redeliver(claimed.id, 'r2');
    expect(await claimOf(claimed.endpointId)).toHaveLength(1);
  });

  it('is all that failed or was skipped since then, and not what arrived', async () => {
    const { ids, pending } = await endpoints(4);
    const endpointId = first(ids);
    const [a, b, c, d] = await claimOf(endpointId);
    if (!a || !b || !c || !d) throw new Error('four were claimed');
    await deliveries.record(a, success, { status: 'delivered' });
    await deliveries.record(b, attempt(), { status: 'failed' });
    await deliveries.record(c, attempt(), { status: 'failed' });
    await deliveries.skip(endpointId, d.id);
    await pool.query(`update ${table} set created_at = now() - interval '2 days' where id = $1`, [c.id]);
    const since = new Date(Date.now() - 24 * 3_600_000).toISOString();
    await deliveries.recover(endpointId, since, 'r1');
    const recovered = await claim();
    await deliveries.forgive(endpointId);
    expect(
      [...recovered, ...(await claim())]
        .filter((one) => one.endpointId === endpointId)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([b.id, d.id].toSorted());
    expect(pending).toHaveLength(4);
  });

  it('waits no longer when its endpoint is disabled; what is tried once does', async () => {
    const { ids } = await endpoints(2);
    const endpointId = first(ids);
    const once = randomUUID();
    await deliveries.add(event(), [{ id: once, endpointId, status: 'pending', once: true }]);
    await deliveries.skip(endpointId);
    expect((await claimOf(endpointId)).map(({ id }) => id)).toEqual([once]);
    expect((await deliveries.list({ endpointId, status: 'skipped', limit: 10 })).data).toHaveLength(2);
  });
});

it('nothing is left to be sent of an endpoint that is gone', async () => {
  const { ids } = await endpoints(2);
  const endpointId = first(ids);
  await deliveries.add(event(), [{ id: randomUUID(), endpointId, status: 'pending', once: true }]);
  await deliveries.end(endpointId);
  expect(await claimOf(endpointId)).toEqual([]);
  expect((await deliveries.list({ endpointId, status: 'skipped', limit: 10 })).data).toHaveLength(3);
  expect((await pool.query(`select from platform.webhook_lanes where endpoint_id = $1`, [endpointId])).rowCount).toBe(0);
});

describe('the list', () => {
  it('is newest first, in pages, by status and type', async () => {
    const { ids } = await endpoints(5);
    const endpointId = first(ids);
    const page = await deliveries.list({ endpointId, limit: 3 });
    const rest = await deliveries.list({ endpointId, limit: 3, after: page.next });
    expect([page.data.length, rest.data.length, rest.next]).toEqual([3, 2, undefined]);
    const all = [...page.data, ...rest.data].map(({ id }) => id);
    expect((await deliveries.list({ endpointId, limit: 10 })).data.map(({ id }) => id)).toEqual(all);
    expect((await deliveries.list({ endpointId, type: 'payment.captured', status: 'pending', limit: 10 })).data).toHaveLength(5);
    expect((await deliveries.list({ endpointId, type: 'payment.created', limit: 10 })).data).toEqual([]);
  });

  it('forgets what is older than thirty days, with its tries and its event', async () => {
    const claimed = await oneClaimed();
    await deliveries.record(claimed, success, { status: 'delivered' });
    const in29Days = new Date(Date.now() + 29 * 24 * 3_600_000);
    await deliveries.prune(in29Days);
    expect(await deliveries.get(claimed.id)).toBeDefined();
    await deliveries.prune(new Date(in29Days.getTime() + 2 * 24 * 3_600_000));
    expect(await deliveries.get(claimed.id)).toBeUndefined();
    expect(await deliveries.attempts(claimed.id)).toEqual([]);
    expect(await deliveries.event(claimed.event.id)).toBeUndefined();
  });
});
