import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { paymentHouse } from '../../../test/support/payment-house.ts';

type House = Awaited<ReturnType<typeof paymentHouse>>;
type Rules = { rules: object[]; default: object | null };

const rulesUrl = '/api/v1/routing/rules';
const none: Rules = { rules: [], default: null };
const to = (name: string, more: object = {}) => ({ providers: [{ name, weight: 1 }], ...more });

/** What was moved for a payment, at whom, in the order in which it was attempted. */
const movedFor = async (house: House, id: string) => {
  const { attempts } = await house.payment(id);
  const ledgers = await Promise.all(attempts.map((attempt: { id: string }) => house.ledgerOf(attempt.id)));
  return ledgers.flat().map(({ kind, provider }: { kind: string; provider?: string }) => [provider, kind]);
};
const attemptsOf = (payment: { attempts: { provider: string; status: string }[] }) => payment.attempts.map(({ provider, status }) => [provider, status]);

describe('two providers', () => {
  let house: House;
  beforeAll(async () => {
    house = await paymentHouse({ sandboxes: ['sandbox', 'sandbox_b'] });
  });
  afterAll(() => house?.close());
  const setRules = async (rules: Rules) => expect((await house.call('PUT', rulesUrl, rules)).status).toBe(200);
  beforeEach(() => setRules(none));

  describe('failover', () => {
    it('happens at once where the first was not reached, and charges once', async () => {
      const id = await house.create();
      const { status, body } = await house.process(id, 'tok_lost_before@sandbox');
      expect(status).toBe(200);
      expect(attemptsOf(body)).toEqual([
        ['sandbox', 'not_sent'],
        ['sandbox_b', 'succeeded'],
      ]);
      expect(await movedFor(house, id)).toEqual([['sandbox_b', 'charge']]);
    });

    it('is tried with each once: where none was reached, nothing was charged', async () => {
      const id = await house.create();
      expect(await house.process(id, 'tok_lost_before')).toMatchObject({ status: 402, body: { code: 'payment_not_sent' } });
      expect(attemptsOf(await house.payment(id))).toEqual([
        ['sandbox', 'not_sent'],
        ['sandbox_b', 'not_sent'],
      ]);
      expect(await movedFor(house, id)).toEqual([]);
    });

    it.each(['tok_lost_after@sandbox', 'tok_500_after@sandbox'])('never happens after doubt: %s', async (token) => {
      const id = await house.create();
      expect((await house.process(id, token)).status).toBe(202);
      await expect.poll(async () => (await house.payment(id)).status).toBe('succeeded');
      expect(attemptsOf(await house.payment(id))).toEqual([['sandbox', 'succeeded']]);
      expect(await movedFor(house, id)).toEqual([['sandbox', 'charge']]);
    });

    it('never happens after a hard decline, nor after a soft one that the rules do not name', async () => {
      await setRules({ rules: [], default: to('sandbox', { failover: { to: ['sandbox_b'], on: ['insufficient_funds'] } }) });
      for (const code of ['stolen_card', 'issuer_unavailable']) {
        const id = await house.create();
        expect(await house.process(id, `tok_decline_${code}@sandbox`)).toMatchObject({ status: 402, body: { declineCode: code } });
        expect(attemptsOf(await house.payment(id))).toEqual([['sandbox', 'declined']]);
      }
    });

    it('happens after a soft decline that the rules name', async () => {
      await setRules({ rules: [], default: to('sandbox', { failover: { to: ['sandbox_b'], on: ['insufficient_funds'] } }) });
      const id = await house.create();
      expect(await house.process(id, 'tok_decline_insufficient_funds@sandbox')).toMatchObject({ status: 200, body: { status: 'succeeded' } });
      expect(await movedFor(house, id)).toEqual([['sandbox_b', 'charge']]);
    });

    it('is not for who was asked for by name', async () => {
      const id = await house.create();
      const asked = { paymentMethod: { type: 'card', token: 'tok_lost_before@sandbox' }, provider: 'sandbox' };
      expect(await house.step(id, 'process', asked)).toMatchObject({ status: 402, body: { code: 'payment_not_sent' } });
      expect(attemptsOf(await house.payment(id))).toEqual([['sandbox', 'not_sent']]);
    });

    it('charges once however often and at whatever time the same is asked for', async () => {
      const id = await house.create();
      const key = house.withKey();
      const answers = await Promise.all(Array.from({ length: 4 }, () => house.process(id, 'tok_lost_before@sandbox', key)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await movedFor(house, id)).toEqual([['sandbox_b', 'charge']]);
    });
  });

  describe('rules', () => {
    it('decide who is asked, and the history says why', async () => {
      await setRules({ rules: [{ id: 'euro', when: { currency: ['EUR'], amount: { from: 5_000 } }, ...to('sandbox_b') }], default: null });
      const euro = await house.paid('tok_success', { currency: 'EUR' });
      const pound = await house.paid('tok_success');
      expect(attemptsOf(await house.payment(euro))).toEqual([['sandbox_b', 'succeeded']]);
      expect(attemptsOf(await house.payment(pound))).toEqual([['sandbox', 'succeeded']]);
      const { data } = await house.history(euro);
      const { version } = (await house.get(rulesUrl)).body;
      expect(data.find(({ type }: { type: string }) => type === 'RouteDecided').data).toMatchObject({
        providers: ['sandbox_b'],
        rule: 'euro',
        ruleSetVersion: version,
        inputs: { currency: 'EUR', country: 'GB', standings: [{ provider: 'sandbox', circuit: 'closed' }, { provider: 'sandbox_b' }] },
      });
    });

    it('are versions, of which nobody overwrites one unseen', async () => {
      const { version } = (await house.get(rulesUrl)).body;
      const mine = { rules: [], default: to('sandbox_b'), version };
      const changed = await house.call('PUT', rulesUrl, mine);
      expect(changed).toMatchObject({ status: 200, body: { version: version + 1, default: { providers: [{ name: 'sandbox_b', weight: 1 }] } } });
      expect(await house.get(rulesUrl)).toMatchObject({ body: changed.body });
      expect(await house.call('PUT', rulesUrl, { ...none, version })).toMatchObject({
        status: 409,
        body: { code: 'rule_set_changed', errors: [{ path: 'version' }] },
      });
      expect(await house.call('PUT', rulesUrl, { rules: [], default: to('sandbox_b') })).toMatchObject({ status: 200, body: { version: version + 1 } });
    });

    it('are set once for one key', async () => {
      const key = house.withKey();
      const first = await house.call('PUT', rulesUrl, { rules: [], default: to('sandbox_b') }, key);
      const again = await house.call('PUT', rulesUrl, { rules: [], default: to('sandbox_b') }, key);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await house.call('PUT', rulesUrl, none, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    });

    it.each<[string, object, string]>([
      ['a provider that there is not', { rules: [], default: to('acme') }, 'default.providers.0.name'],
      ['an amount of no currency', { rules: [{ id: 'a', when: { amount: { from: 1 } }, ...to('sandbox') }], default: null }, 'rules.0.when.amount'],
      ['a hard decline to fail over on', { rules: [], default: to('sandbox', { failover: { to: ['sandbox_b'], on: ['stolen_card'] } }) }, 'default'],
      ['nobody', { rules: [], default: { providers: [] } }, 'default'],
    ])('are refused with %s', async (_, rules, path) => {
      const { status, body } = await house.call('PUT', rulesUrl, rules);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      expect(body.errors.map((error: { path: string }) => error.path).join()).toContain(path);
    });

    it('are not for everybody to change', async () => expect((await house.call('PUT', rulesUrl, none, house.asReader)).status).toBe(403));
  });

  describe('nobody', () => {
    it('can take a token that is none of theirs', async () => {
      const id = await house.create();
      expect(await house.process(id, 'pm_of_another')).toMatchObject({
        status: 422,
        body: { code: 'no_provider_available', excluded: [{ provider: 'sandbox', reason: 'refuses' }, { provider: 'sandbox_b' }] },
      });
      expect((await house.payment(id)).attempts).toEqual([]);
    });

    it('is looked for where the payment itself forbids it', async () => {
      const paid = await house.paid();
      expect(await house.process(paid, 'pm_of_another')).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    });

    it('is asked in place of who was asked for by name', async () => {
      const id = await house.create({ provider: 'sandbox_b' });
      expect(await house.process(id, 'pm_of_another')).toMatchObject({
        status: 400,
        body: { code: 'provider_unsuitable', errors: [{ path: 'paymentMethod.token' }] },
      });
    });
  });

  it('are shown with what they can and how they are', async () => {
    const providers = async () => (await house.get('/api/v1/providers')).body.data;
    await expect.poll(async () => (await providers()).map(({ check }: { check: { status: string } | null }) => check?.status)).toEqual(['ok', 'ok']);
    expect(await providers()).toMatchObject([
      {
        name: 'sandbox',
        captures: 'many',
        methods: expect.arrayContaining(['card']),
        circuit: { state: 'closed', retryInMs: 0 },
        successRates: expect.any(Array),
      },
      { name: 'sandbox_b' },
    ]);
  });

  it('can be tried with other rules on what was paid', async () => {
    const from = new Date().toISOString();
    await house.paid('tok_success', { currency: 'CHF' });
    const last = await house.process(await house.create({ currency: 'CHF', provider: 'sandbox' }));
    const seen = { 'x-after-position': last.headers.get('x-position') ?? '' };
    const answer = await house.call('POST', '/api/v1/routing/backtest', { rules: { rules: [], default: to('sandbox_b') }, from }, seen);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        tested: 2,
        complete: true,
        changed: 1,
        withoutChoice: 0,
        moves: expect.arrayContaining([
          { from: 'sandbox', to: 'sandbox_b', count: 1, volume: { CHF: 10_000 } },
          { from: 'sandbox', to: 'sandbox', count: 1, volume: { CHF: 10_000 } },
        ]),
      },
    });
    expect(await house.call('POST', '/api/v1/routing/backtest', { rules: none, from, to: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'to' }] },
    });
    expect((await house.call('POST', '/api/v1/routing/backtest', { rules: { rules: [], default: to('acme') } })).status).toBe(400);
  });
});

describe('a provider that keeps failing', () => {
  let house: House;
  beforeAll(async () => {
    house = await paymentHouse({ sandboxes: ['sandbox', 'sandbox_b'], guarded: true });
  });
  afterAll(() => house?.close());

  it('is left alone, and the other takes over before it is asked', async () => {
    for (let n = 0; n < 3; n += 1) expect((await house.process(await house.create(), 'tok_lost_before@sandbox')).status).toBe(200);
    expect((await house.get('/api/v1/providers')).body.data).toMatchObject([{ circuit: { state: 'open' } }, { circuit: { state: 'closed' } }]);
    const id = await house.create();
    expect((await house.process(id)).status).toBe(200);
    expect(attemptsOf(await house.payment(id))).toEqual([['sandbox_b', 'succeeded']]);
  });

  it('is not asked even by name, and the caller is told when to come again', async () => {
    const id = await house.create({ provider: 'sandbox' });
    const refused = await house.process(id);
    expect(refused).toMatchObject({ status: 503, body: { code: 'no_provider_available', excluded: [{ reason: 'circuit_open' }] } });
    expect(refused.headers.get('retry-after')).toBe('5');
  });

  it('is asked again when it has cooled down, and used once that went well', async () => {
    const circuit = async () => (await house.get('/api/v1/providers')).body.data[0].circuit.state;
    await expect.poll(circuit, { timeout: 20_000 }).toBe('half_open');
    const id = await house.create();
    expect((await house.process(id)).status).toBe(200);
    expect(attemptsOf(await house.payment(id))).toEqual([['sandbox', 'succeeded']]);
    expect(await circuit()).toBe('closed');
  });
});
