import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RiskRule, RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { collect } from '../../../platform/event-store/collect.ts';
import { paymentHouse } from '../../../test/support/payment-house.ts';

let house: Awaited<ReturnType<typeof paymentHouse>>;
beforeAll(async () => {
  house = await paymentHouse({ risk: true });
});
afterAll(() => house?.close());

const rules = '/api/v1/risk/rules';
const setOf = (set: readonly RiskRule[], lists: RiskRuleSet['lists'] = []): RiskRuleSet => ({ thresholds: { review: 50, block: 100 }, rules: set, lists });
const given = async (...set: readonly RiskRule[]) => expect(await house.call('PUT', rules, setOf(set))).toMatchObject({ status: 200 });
const attempt = (
  id: string,
  { token = 'tok_success', context = {}, headers = {} }: { token?: string; context?: object; headers?: Record<string, string> } = {},
) => house.step(id, 'process', { paymentMethod: { type: 'card', token }, context }, headers);
const somebody = () => ({ customer: { id: randomUUID(), email: 'ada@example.com', country: 'GB' } });

describe('an attempt', () => {
  it('is judged before it is made, and what the rules knew is kept', async () => {
    const id = await house.create(somebody());
    const paid = await attempt(id, { token: 'tok_success?card=c-77&country=GB', context: { ip: '198.51.100.9', deviceId: 'device-of-ada' } });
    expect(paid).toMatchObject({ status: 200, body: { status: 'succeeded', risk: { score: 0, decision: 'allow', rules: [] } } });
    const { data } = await house.history(id);
    expect(data.map(({ type }: { type: string }) => type)).toEqual(['PaymentCreated', 'RiskAssessed', 'AttemptStarted', 'AttemptCaptured']);
    expect(data[1].data).toMatchObject({
      decision: 'allow',
      ruleSetVersion: 0,
      inputs: {
        ip: '198.51.100.9',
        deviceId: 'device-of-ada',
        cardFingerprint: 'c-77',
        cardCountry: 'GB',
        emailDomain: 'example.com',
        velocity: { customer: { '1m': { attempts: 1, failed: 0, amount: 10_000, cards: 1 } }, ip: { '7d': { attempts: 1 } } },
        missing: ['ip_country'],
      },
    });
  });

  it('leaves nothing personal where it is counted, kept to be looked up, or logged', async () => {
    const { rows } = await house.pool.query('select row_to_json(v) as row from platform.velocity_attempts v');
    expect(rows.length).toBeGreaterThan(3);
    await house.get('/api/v1/risk/reviews');
    const { rows: tables } = await house.pool.query<{ name: string }>(
      `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where tablename ~ 'risk_assessments|velocity'`,
    );
    expect(tables.length).toBeGreaterThan(2);
    const kept = await Promise.all(tables.map(async ({ name }) => JSON.stringify((await house.pool.query(`select t::text from ${name} t`)).rows)));
    for (const text of [...kept, house.log()]) expect(text).not.toMatch(/198\.51\.100\.9|device-of-ada|c-77|example\.com/);
  });

  it('counts once, however often its request comes', async () => {
    await given({ id: 'fast', kind: 'velocity', subject: 'customer', window: '1h', measure: 'attempts', over: 2, score: 60 });
    const customer = somebody();
    const [one, two, three] = [await house.create(customer), await house.create(customer), await house.create(customer)];
    const key = house.withKey();
    const answers = await Promise.all([attempt(one, { headers: key }), attempt(one, { headers: key }), attempt(one, { headers: key })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await attempt(two)).body).toMatchObject({ status: 'succeeded', risk: { decision: 'allow' } });
    expect(await attempt(three)).toMatchObject({
      status: 202,
      body: { status: 'in_review', risk: { decision: 'review', rules: [{ id: 'fast', score: 60 }] } },
    });
  });
});

describe('the rules', () => {
  it('are replaced by a new version, which holds at once, and the old ones stay known', async () => {
    const before = (await house.get(rules)).body;
    const block: RiskRule = { id: 'all', kind: 'amount_over', amounts: { GBP: 1 }, score: 0, decision: 'block' };
    const changed = await house.call('PUT', rules, { ...setOf([block]), version: before.version });
    expect(changed).toMatchObject({ status: 200, body: { version: before.version + 1, rules: [block] } });
    const blocked = await attempt(await house.create(somebody()));
    expect(blocked).toMatchObject({
      status: 402,
      body: { code: 'payment_blocked', payment: { status: 'requires_payment_method', risk: { decision: 'block' } } },
    });
    expect(await house.call('PUT', rules, { ...setOf([]), version: before.version })).toMatchObject({ status: 409, body: { code: 'rule_set_changed' } });
    expect((await house.get(`${rules}?version=${before.version}`)).body).toMatchObject({
      version: before.version,
      rules: before.rules,
      changedBy: 'key:admin',
    });
    expect((await house.get(`${rules}?version=0`)).body).toMatchObject({ version: 0, thresholds: { review: 50, block: 100 } });
    expect(await house.get(`${rules}?version=9999`)).toMatchObject({ status: 404, body: { code: 'risk_rules_not_found' } });
  });

  it('are refused where they cannot be meant, each fault by its path and code', async () => {
    const shape = await house.call('PUT', rules, {
      ...setOf([]),
      rules: [{ id: 'x', kind: 'velocity', subject: 'shoe', score: 1, window: '1h', measure: 'failed', over: 1 }],
    });
    expect(shape).toMatchObject({ status: 400, body: { errors: [{ path: 'rules.0.subject' }] } });
    const wrong = setOf(
      [
        { id: 'a', kind: 'listed', lists: ['gone'], score: 1 },
        { id: 'a', kind: 'new_card', amounts: { ABC: 1 }, score: 0 },
      ],
      [{ name: 'l', kind: 'ip', values: ['1.2.3.400'] }],
    );
    expect(await house.call('PUT', rules, wrong)).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_request',
        errors: [
          { path: 'rules.0.lists.0', code: 'unknown_list' },
          { path: 'rules.1.id', code: 'rule_id_taken' },
          { path: 'rules.1', code: 'rule_without_effect' },
          { path: 'rules.1.amounts.ABC', code: 'unknown_currency' },
          { path: 'lists.0.values.0', code: 'list_value_invalid' },
        ],
      },
    });
  });

  it('are for those who may', async () => {
    expect(await house.call('PUT', rules, setOf([]), house.asReader)).toMatchObject({ status: 403 });
    expect(await house.get('/api/v1/risk/reviews', house.asReader)).toMatchObject({ status: 403 });
    expect(await house.call('PATCH', '/api/v1/risk/lists/bad', {}, house.asReader)).toMatchObject({ status: 403 });
  });
});

describe('lists', () => {
  const listed = setOf(
    [
      { id: 'good', kind: 'listed', lists: ['good'], score: 0, decision: 'allow' },
      { id: 'bad', kind: 'listed', lists: ['bad_addresses'], score: 0, decision: 'block' },
    ],
    [
      { name: 'good', kind: 'customer', values: [] },
      { name: 'bad_addresses', kind: 'ip', values: [] },
    ],
  );
  const change = (name: string, body: object) => house.call('PATCH', `/api/v1/risk/lists/${name}`, body);

  it('block, allow, and are sealed in the history', async () => {
    await house.call('PUT', rules, listed);
    expect(await change('bad_addresses', { add: ['198.51.100.0/24'] })).toMatchObject({ status: 200, body: { values: ['198.51.100.0/24'] } });
    const customer = somebody();
    const context = { ip: '198.51.100.77' };
    expect(await attempt(await house.create(customer), { context })).toMatchObject({ status: 402, body: { code: 'payment_blocked' } });
    await change('good', { add: [customer.customer.id] });
    expect(await attempt(await house.create(customer), { context })).toMatchObject({
      status: 200,
      body: { risk: { decision: 'allow', rules: [{ id: 'good' }, { id: 'bad' }] } },
    });
    await change('bad_addresses', { remove: ['198.51.100.0/24'] });
    expect(await attempt(await house.create(somebody()), { context })).toMatchObject({ status: 200 });
    const stored = await collect(house.store.read('risk_rules-default'));
    const texts = stored.map(({ data }) => JSON.stringify(data));
    expect(texts.at(-1)).toContain('bad_addresses');
    expect(texts.join()).not.toMatch(/198\.51\.100/);
  });

  it('are changed by many at once without a loss', async () => {
    await house.call('PUT', rules, listed);
    const names = Array.from({ length: 5 }, (_, n) => `c-${n}`);
    expect((await Promise.all(names.map((name) => change('good', { add: [name] })))).map(({ status }) => status)).toEqual(names.map(() => 200));
    const good = (await house.get(rules)).body.lists.find(({ name }: { name: string }) => name === 'good');
    expect(good.values.toSorted()).toEqual(names);
  });

  it('must be there, and hold what they are of', async () => {
    expect(await change('gone', { add: ['x'] })).toMatchObject({ status: 404, body: { code: 'risk_list_not_found' } });
    expect(await change('bad_addresses', { add: ['not an address'] })).toMatchObject({ status: 400, body: { errors: [{ code: 'list_value_invalid' }] } });
  });
});

describe('velocities', () => {
  it('count failures as soon as they are known: card testing is seen', async () => {
    await given({ id: 'testing', kind: 'failed_burst', subject: 'ip', window: '10m', failed: 2, cards: 2, score: 100 });
    const context = { ip: '2001:db8:7::1' };
    for (const card of ['t1', 't2', 't3'])
      expect(await attempt(await house.create(somebody()), { token: `tok_decline_generic?card=${card}`, context })).toMatchObject({
        status: 402,
        body: { code: 'payment_declined' },
      });
    const again = async () => (await attempt(await house.create(somebody()), { token: 'tok_decline_generic?card=t4', context })).body.code;
    await expect.poll(again).toBe('payment_blocked');
    expect(await attempt(await house.create(somebody()), { context: { ip: '2001:db8:8::1' } })).toMatchObject({ status: 200 });
  });

  it('know a card once it was charged', async () => {
    await given({ id: 'new', kind: 'new_card', amounts: { GBP: 1 }, score: 10 });
    const token = `tok_success?card=${randomUUID()}`;
    const score = async () => (await attempt(await house.create(somebody()), { token })).body.risk.score;
    expect(await score()).toBe(10);
    await expect.poll(score).toBe(0);
  });
});

describe('counters that are away', () => {
  it('lose no payment: it is judged without them', async () => {
    await given({ id: 'fast', kind: 'velocity', subject: 'customer', window: '1h', measure: 'attempts', over: 0, score: 100 });
    await house.pool.query('alter table platform.velocity_attempts rename to velocity_attempts_away');
    try {
      const paid = await attempt(await house.create(somebody()));
      expect(paid).toMatchObject({ status: 200, body: { status: 'succeeded', risk: { decision: 'allow', rules: [{ id: 'velocity_unavailable' }] } } });
    } finally {
      await house.pool.query('alter table platform.velocity_attempts_away rename to velocity_attempts');
    }
  });
});
