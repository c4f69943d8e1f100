import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentHouse } from '../../test/support/payment-house.ts';
import { AnalyticsAnswer } from './analytics-schemas.ts';

let house: Awaited<ReturnType<typeof paymentHouse>>;
const made: string[] = [];
let position = '';

beforeAll(async () => {
  house = await paymentHouse();
  for (const [token, change] of [
    ['tok_success', { reference: 'order-1' }],
    ['tok_success', { currency: 'EUR', customer: { id: 'c2', country: 'FR' } }],
    ['tok_decline_lost_card', {}],
    ['tok_success', { customer: undefined }],
  ] as const)
    made.push(await house.paid(token, change));
  position = (await house.step(made[0] ?? '', 'refund', { amount: 2_500 })).headers.get('x-position') ?? '';
});
afterAll(() => house?.close());

const read = (path: string) => house.get(path, { 'x-after-position': position });
const ids = async (query: string) => (await read(`/api/v1/payments?${query}`)).body.data.map(({ id }: { id: string }) => id);

describe('lists', () => {
  it('show the newest first, page by page', async () => {
    const first = await read('/api/v1/payments?limit=3');
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([made[3], made[2], made[1]]);
    const second = await read(`/api/v1/payments?limit=3&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect(second.body).toMatchObject({ data: [{ id: made[0], amountRefunded: 2_500 }], nextCursor: null });
  });

  it('filter', async () => {
    expect(await ids('customerId=c2')).toEqual([made[1]]);
    expect(await ids('status=requires_payment_method')).toEqual([made[2]]);
    expect(await ids('reference=order-1')).toEqual([made[0]]);
    expect(await ids('currency=EUR&provider=sandbox')).toEqual([made[1]]);
    expect(await ids('from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await ids('to=2999-01-01T00:00:00Z')).toHaveLength(4);
  });

  it.each(['limit=101', 'limit=0', 'status=paid', 'from=yesterday', 'colour=red', 'currency=gbp', 'cursor=nonsense'])('refuse %s', async (query) =>
    expect(await house.get(`/api/v1/payments?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } }),
  );
});

describe('a payment as it was', () => {
  it('after each of its events', async () => {
    const [id] = made;
    const states = await Promise.all([1, 2, 3, 4, 5].map(async (version) => (await house.get(`/api/v1/payments/${id}?version=${version}`)).body));
    expect(states.map(({ version, status, amountCaptured, amountRefunded }) => [version, status, amountCaptured, amountRefunded])).toEqual([
      [1, 'requires_payment_method', 0, 0],
      [2, 'processing', 0, 0],
      [3, 'succeeded', 10_000, 0],
      [4, 'succeeded', 10_000, 0],
      [5, 'succeeded', 10_000, 2_500],
    ]);
    expect((await read(`/api/v1/payments/${id}`)).body).toEqual(states[4]);
    expect(await house.get(`/api/v1/payments/${id}?version=6`)).toMatchObject({ status: 404, body: { code: 'payment_not_found' } });
  });

  it('at a time', async () => {
    const [id] = made;
    const { data } = await house.history(id ?? '');
    expect((await house.get(`/api/v1/payments/${id}?at=${data[2].at}`)).body.version).toBeGreaterThanOrEqual(3);
    expect((await house.get(`/api/v1/payments/${id}?at=2000-01-01T00:00:00Z`)).status).toBe(404);
    expect((await house.get(`/api/v1/payments/${id}?at=then`)).status).toBe(400);
  });
});

describe('a history', () => {
  it('is whole, verified, and without what could be charged again', async () => {
    const { data, verified } = await house.history(made[0] ?? '');
    expect(verified).toBe(true);
    expect(data.map(({ type, revision }: { type: string; revision: number }) => [type, revision])).toEqual([
      ['PaymentCreated', 0],
      ['AttemptStarted', 1],
      ['AttemptCaptured', 2],
      ['RefundStarted', 3],
      ['RefundSucceeded', 4],
    ]);
    expect(data[0]).toMatchObject({
      actor: 'key:admin',
      data: { amount: 10_000, customer: { email: 'ada@example.com' } },
      previousHash: '',
      hash: expect.stringMatching(/.{20}/),
    });
    expect(data[1].previousHash).toBe(data[0].hash);
    expect(data[2].actor).toBe('worker:payment');
    expect(data[2].causationId).toBe(data[1].id);
    expect(JSON.stringify(data)).not.toContain('tok_');
  });
});

describe('analytics', () => {
  const analytics = async (query = '') => (await read(`/api/v1/analytics?${query}`)).body;

  it('tells how payments went, in each currency', async () => {
    const answer = await analytics();
    expect([...Compile(AnalyticsAnswer).Errors(answer)]).toEqual([]);
    const { data, totals, interval } = answer;
    expect([interval, answer.nextCursor]).toEqual(['day', null]);
    expect(totals).toMatchObject([
      { currency: 'EUR', bucket: null, created: 1, attempted: 1, succeeded: 1, capturedVolume: 10_000, averageTicket: 10_000 },
      {
        ...{ currency: 'GBP', created: 3, attempted: 3, authorized: 2, succeeded: 2, declined: 1, capturedVolume: 20_000, refunded: 1, refundedVolume: 2_500 },
        ...{ authorizationRate: 0.6667, successRate: 0.6667, conversionRate: 0.6667, refundRate: 0.5, declines: { lost_card: 1 }, unresolved: 0, stuck: 0 },
      },
    ]);
    for (const { latency } of totals) expect(latency.p50).toBeGreaterThan(0);
    expect(data.reduce((sum: number, row: { capturedVolume: number }) => sum + row.capturedVolume, 0)).toBe(30_000);
  });

  it('by interval, dimension and filter', async () => {
    for (const interval of ['hour', 'day', 'month']) expect((await analytics(`interval=${interval}&currency=EUR`)).totals).toMatchObject([{ succeeded: 1 }]);
    const by = await analytics('groupBy=country,method&currency=GBP');
    expect(by.totals.map(({ country, method, created, succeeded }: Record<string, unknown>) => [country, method, created, succeeded])).toEqual([
      ['GB', 'card', 0, 1],
      ['GB', null, 2, 0],
      [null, 'card', 0, 1],
      [null, null, 1, 0],
    ]);
    expect((await analytics('provider=sandbox&country=FR')).totals).toMatchObject([{ currency: 'EUR', attempted: 1, created: 0 }]);
    expect((await analytics('from=2000-01-01T00:00:00Z&to=2000-02-01T00:00:00Z')).data).toEqual([]);
  });

  it('page by page, with the totals on the first', async () => {
    const whole = await analytics('groupBy=country,method');
    const pages = [await analytics('groupBy=country,method&limit=4')];
    while (pages.at(-1).nextCursor) pages.push(await analytics(`groupBy=country,method&limit=4&cursor=${pages.at(-1).nextCursor}`));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(({ data }) => data)).toEqual(whole.data);
    expect(pages.flatMap(({ totals }) => totals)).toEqual(whole.totals);
    expect(await house.get(`/api/v1/analytics?limit=4&cursor=${pages[0].nextCursor}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it.each([
    'limit=1001',
    'cursor=nonsense',
    'interval=week',
    'groupBy=colour',
    'from=2020-01-01T00:00:00Z&interval=hour',
    'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
  ])('refuses %s', async (query) => expect(await house.get(`/api/v1/analytics?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } }));
});

it('shows what this process has just written, though nobody asks it to wait', async () => {
  for (const amount of [1_000, 2_000, 3_000]) {
    const id = await house.paid('tok_success', { amount });
    expect((await house.get(`/api/v1/payments/${id}`)).body).toMatchObject({ status: 'succeeded', amountCaptured: amount });
  }
});
