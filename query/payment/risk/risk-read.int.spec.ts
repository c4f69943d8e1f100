import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RiskRule, RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { paymentHouse } from '../../../test/support/payment-house.ts';

let house: Awaited<ReturnType<typeof paymentHouse>>;
beforeAll(async () => {
  house = await paymentHouse({ risk: true });
});
afterAll(() => house?.close());

const setOf = (rules: readonly RiskRule[], lists: RiskRuleSet['lists'] = []): RiskRuleSet => ({ thresholds: { review: 50, block: 100 }, rules, lists });
const given = async (...rules: readonly RiskRule[]) => expect(await house.call('PUT', '/api/v1/risk/rules', setOf(rules))).toMatchObject({ status: 200 });
const attempt = (id: string, { token = 'tok_success', context = {} }: { token?: string; context?: object } = {}) =>
  house.step(id, 'process', { paymentMethod: { type: 'card', token }, context });
const somebody = () => ({ customer: { id: randomUUID(), email: 'ada@example.com', country: 'GB' } });

describe('the review queue', () => {
  it('holds what people must decide, oldest first, until they have', async () => {
    await given({ id: 'look', kind: 'amount_over', amounts: { GBP: 1 }, score: 0, decision: 'review' });
    const [first, second] = [await house.create(somebody()), await house.create(somebody())];
    await attempt(first, { context: { ip: '203.0.113.9' } });
    const waiting = await attempt(second);
    expect(waiting).toMatchObject({ status: 202, body: { status: 'in_review' } });
    const queue = async (position: string) => (await house.get('/api/v1/risk/reviews', { 'x-after-position': position })).body.data;
    const ours = (reviews: { paymentId: string }[]) => reviews.filter(({ paymentId }) => [first, second].includes(paymentId));
    expect(ours(await queue(waiting.headers.get('x-position') ?? ''))).toMatchObject([
      { paymentId: first, score: 0, amount: 10_000, rules: [{ id: 'look', decision: 'review' }], withheld: ['email_domain', 'ip'], inputs: { country: 'GB' } },
      { paymentId: second },
    ]);
    expect(await house.step(first, 'approve')).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    const rejected = await house.step(second, 'reject');
    expect(ours(await queue(rejected.headers.get('x-position') ?? ''))).toEqual([]);
  });
});

describe('a backtest', () => {
  const backtest = (set: RiskRuleSet, more: object = {}, headers: Record<string, string> = {}) =>
    house.call('POST', '/api/v1/risk/backtest', { rules: set, ...more }, headers);

  it('shows what other rules would have decided, and what had become of it', async () => {
    await given();
    const from = new Date().toISOString();
    const bad = randomUUID();
    const ip = '198.51.100.123';
    const pay = async (token: string, amount: number, customerId: string = randomUUID(), context = {}) => {
      const id = await house.create({ amount, customer: { id: customerId, country: 'GB' } });
      return { id, answer: await attempt(id, { token, context }) };
    };
    await pay('tok_success', 1_000);
    await pay('tok_success', 90_000);
    const disputed = await pay('tok_dispute_lost', 95_000);
    await pay('tok_decline_lost_card', 2_000, bad);
    const last = await pay('tok_success', 3_000, randomUUID(), { ip });
    await expect.poll(async () => (await house.payment(disputed.id)).disputes[0]?.status).toBe('lost');

    const tried = setOf(
      [
        { id: 'large', kind: 'amount_over', amounts: { GBP: 50_000 }, score: 60 },
        { id: 'bad', kind: 'listed', lists: ['bad', 'bad_ip'], score: 0, decision: 'block' },
      ],
      [
        { name: 'bad', kind: 'customer', values: [bad] },
        { name: 'bad_ip', kind: 'ip', values: [`${ip}/32`] },
      ],
    );
    const result = await backtest(tried, { from }, { 'x-after-position': (await house.payment(disputed.id)) && (last.answer.headers.get('x-position') ?? '') });
    expect(result).toMatchObject({
      status: 200,
      body: {
        tested: 5,
        changed: 4,
        complete: true,
        table: { allow: { allow: 1, review: 2, block: 2 } },
        nowReviewed: { paid: { count: 1, volume: { GBP: 90_000 } }, disputed: { count: 1, volume: { GBP: 95_000 } } },
        nowBlocked: { declined: { count: 1, volume: { GBP: 2_000 } }, paid: { count: 1, volume: { GBP: 3_000 } } },
        paid: 4,
        disputed: 1,
        accuracy: { block: { flagged: 1, precision: 0, recall: 0 }, reviewOrBlock: { flagged: 3, disputed: 1, recall: 1 } },
        lacking: { velocity: 0, card: 0, ip_country: 0, disposable_email: 0, erased: 0 },
      },
    });
    expect(result.body.examples).toHaveLength(4);
    expect(JSON.stringify(result.body)).not.toContain(ip);
    expect((await backtest(tried, { from, limit: 2 })).body).toMatchObject({ tested: 2, complete: false });
  });

  it('cannot tell of who was erased, and says so', async () => {
    await given();
    const from = new Date().toISOString();
    const customer = somebody();
    const id = await house.create(customer);
    const paid = await attempt(id, { context: { ip: '198.51.100.200' } });
    await house.personalData.erase(`customer:${customer.customer.id}`);
    const tried = setOf(
      [{ id: 'bad', kind: 'listed', lists: ['bad'], score: 0, decision: 'block' }],
      [{ name: 'bad', kind: 'ip', values: ['198.51.100.200'] }],
    );
    const result = await backtest(tried, { from }, { 'x-after-position': paid.headers.get('x-position') ?? '' });
    expect(result.body).toMatchObject({ tested: 1, changed: 0, lacking: { erased: 1 } });
  });

  it('is refused what cannot be meant', async () => {
    expect(await backtest({ ...setOf([]), thresholds: { review: 5, block: 4 } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'rules.thresholds.block', code: 'block_below_review' }] },
    });
    expect(await backtest(setOf([]), { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'to' }] },
    });
  });
});
