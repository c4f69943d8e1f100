import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { about, charge, listed, operationOn } from '../contract/subject.ts';
import type { ChargeRequest, PaymentProvider } from '../provider.ts';
import { type FakeStripe, openFakeStripe } from './fake-stripe.ts';
import { openStripe } from './stripe.ts';

/** A port on which nobody listens any more. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const keys = { secretKey: 'sk_test_fake', webhookSecret: 'whsec_of_this_test' };

describe('Stripe', () => {
  let fake: FakeStripe;
  let provider: PaymentProvider;
  beforeAll(async () => {
    fake = await openFakeStripe();
    provider = await openStripe({ ...keys, baseUrl: fake.baseUrl, timeoutMs: 10_000 });
  });
  afterAll(async () => {
    await fake.close();
    expect(fake.broken).toEqual([]);
  });

  const made = async (token: string, change: Partial<ChargeRequest> = {}) => {
    const request = charge(token, change);
    const outcome = await provider.charge(request);
    const intent = fake.intentOf(request.reference);
    return { request, outcome, intent, operation: operationOn({ request, providerReference: intent?.id ?? '' }) };
  };
  const intentOf = async (token: string, change: Partial<ChargeRequest> = {}) => {
    const { request, intent, ...rest } = await made(token, change);
    if (!intent) throw new Error('no intent was made');
    return { ...rest, request, intent };
  };

  it.each([
    ['ISK', 1_500, 150_000],
    ['JPY', 1_500, 1_500],
    ['KWD', 5_120, 5_120],
    ['MGA', 150_000, 1_500],
  ])('charges %s in the units that Stripe counts it in', async (currency, amount, theirs) => {
    const { outcome, intent } = await made('pm_card_visa', { currency, amount });
    expect(intent).toMatchObject({ amount: theirs, currency: currency.toLowerCase() });
    expect(outcome).toMatchObject({ status: 'captured', amount, currency });
  });

  it('makes a payment method of a card token, once', async () => {
    const request = charge('tok_visa');
    expect(await provider.charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(await provider.charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(fake.books.moved.filter(({ attemptId }) => attemptId === request.reference)).toHaveLength(1);
  });

  it.each(['pm_card_visa', 'tok_visa'])('knows the card behind %s', async (token) =>
    expect(await provider.cardOf?.(token)).toEqual({ fingerprint: expect.stringMatching(/./), country: 'US' }),
  );

  it.each(['pm_1N3T00LkdIwHu7ixt44h1F8k', 'ideal', '../balance'])('knows no card behind %s', async (token) =>
    expect(await provider.cardOf?.(token)).toBeUndefined(),
  );

  it('has sent nothing where the card token cannot be made one', async () => {
    expect((await made('tok_1N3T00LkdIwHu7ixt44h1F8k')).outcome).toMatchObject({ status: 'not_sent', retriable: false });
    fake.fault('error_after');
    expect((await made('tok_visa')).outcome).toMatchObject({ status: 'not_sent', retriable: true });
  });

  it.each([
    ['paypal', 'paypal'],
    ['local', 'ideal'],
  ] as const)('sends the customer to the page of %s %s', async (method, token) => {
    expect(provider.refuses({ amount: 100, currency: 'EUR', method, token })).toBeUndefined();
    expect((await made(token, { method, currency: 'EUR' })).outcome).toMatchObject({ status: 'requires_action' });
    expect((await made(token, { method, currency: 'EUR', returnUrl: null })).outcome).toMatchObject({ status: 'not_sent', retriable: false });
    expect(provider.refuses({ amount: 100, currency: 'EUR', method, token: 'whatever' })).toContain('not one of Stripe');
  });

  it.each(['wallet', 'paypal', 'local'] as const)('takes a payment method of Stripe for %s', async (method) =>
    expect((await made('pm_card_visa', { method })).outcome).toMatchObject({ status: 'captured' }),
  );

  it('lets the bank decide without the customer where there is no page to come back to', async () =>
    expect((await made('pm_card_authenticationRequired', { returnUrl: null })).outcome).toMatchObject({
      status: 'declined',
      code: 'authentication_required',
      providerCode: 'authentication_not_handled',
    }));

  it('says until when an authorization holds', async () => {
    const { outcome } = await made('pm_card_visa', { capture: false });
    const until = outcome.status === 'authorized' ? Date.parse(outcome.expiresAt ?? '') : 0;
    expect(until - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  });

  it('is told that the payment method is unknown', async () =>
    expect((await made('pm_1N3T00LkdIwHu7ixt44h1F8k')).outcome).toMatchObject({
      status: 'not_sent',
      retriable: false,
      reason: expect.stringContaining('resource_missing'),
    }));

  it('confirms what waits for it after the customer is back', async () => {
    const { request, intent } = await intentOf('pm_card_authenticationRequired');
    Object.assign(intent, { status: 'requires_confirmation' });
    expect(await provider.retrieveAttempt(about(request))).toMatchObject({ status: 'unknown' });
    expect(await provider.resume({ ...request, providerReference: intent.id })).toMatchObject({ status: 'captured', amount: 10_000 });
  });

  it('finds what is older than the list that it looks through, and what the search does not know yet', async () => {
    const { request, intent } = await intentOf('pm_card_visa');
    expect(await provider.retrieveAttempt(about(request))).toMatchObject({ status: 'captured' });
    Object.assign(intent, { created: intent.created - 2 * 3_600 });
    expect(await provider.retrieveAttempt(about(request))).toMatchObject({ status: 'captured' });
    expect(await provider.retrieveAttempt(about(charge('pm_card_visa')))).toEqual({ status: 'not_found' });
  });

  it('never says of a charge that Stripe has named that there is none', async () => {
    const request = charge('pm_card_visa');
    expect(await provider.retrieveAttempt({ ...about(request), providerReference: 'pi_of_another_account' })).toMatchObject({ status: 'unknown' });
  });

  it('finds a refund of which only our own references are known', async () => {
    const { request, operation } = await made('pm_card_visa');
    const refund = operation(1_000);
    await provider.refund(refund);
    const asked = { ...about(request), reference: refund.reference, kind: 'refund' as const, operationReference: null };
    expect(await provider.retrieveOperation(asked)).toMatchObject({ status: 'succeeded', amount: 1_000 });
    expect(await provider.retrieveOperation({ ...asked, ...about(charge('pm_card_visa')) })).toEqual({ status: 'not_found' });
    expect(await provider.retrieveOperation({ ...asked, operationReference: 're_of_another_account' })).toMatchObject({ status: 'unknown' });
  });

  it.each([
    ['pm_card_pendingRefund', 'pending'],
    ['pm_card_refundFail', 'failed'],
  ])('says how a refund of %s stands', async (token, status) => {
    const { operation } = await made(token);
    expect(await provider.refund(operation(1_000))).toMatchObject({ status });
  });

  it('does not take a sum that Stripe cannot express, of an operation either', async () => {
    const { operation } = await made('pm_card_visa', { capture: false, currency: 'KWD' });
    expect(await provider.capture(operation(5_123))).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await provider.refund(operation(5_123))).toMatchObject({ status: 'not_sent', retriable: false });
  });

  it('lists what others moved in the same account without a reference of ours, by time', async () => {
    const { intent, operation } = await intentOf('pm_card_visa', { amount: 321 });
    await provider.refund(operation(21));
    intent.metadata = {};
    const { created = 0 } = [...fake.books.entries.values()].find(({ source }) => source === intent.latest_charge) ?? {};
    const ours = async (from: number, to: number) => {
      const span = { from: new Date((created + from) * 1_000).toISOString(), to: new Date((created + to) * 1_000).toISOString() };
      return (await listed(provider.transactions(span))).filter(({ providerReference }) => providerReference === intent.id);
    };
    expect(await ours(0, 60)).toMatchObject([{ kind: 'capture', reference: null, amount: 321 }]);
    expect(await ours(0.5, 60)).toEqual([]);
    expect(await ours(-60, 0)).toEqual([]);
  });

  it('refuses an operation on a charge that Stripe does not know', async () => {
    const operation = operationOn({ request: charge('pm_card_visa'), providerReference: randomUUID() })(100);
    expect(await provider.void(operation)).toMatchObject({ status: 'failed', code: 'resource_missing' });
  });

  it.each(['cut_before', 'cut_after', 'error_before', 'rate_limited'] as const)('is sent once, whatever happens: %s', async (fault) => {
    const before = fake.requests.length;
    fake.fault(fault);
    await provider.charge(charge('pm_card_visa'));
    expect(fake.requests.slice(before)).toEqual(['POST /v1/payment_intents']);
  });

  describe('of news', () => {
    const read = (type: string, object: object) => provider.webhooks.read(JSON.stringify(fake.books.event(type, { ...object })));

    it('tells how things stand, not how they stood when it was sent', async () => {
      const { request, intent } = await intentOf('pm_card_authenticationRequired');
      const early = { ...intent };
      fake.decide(intent, true);
      const captured = [{ about: 'attempt', paymentId: request.paymentId, attemptId: request.reference, outcome: { status: 'captured', amount: 10_000 } }];
      expect(await read('payment_intent.requires_action', early)).toMatchObject(captured);
      expect(await read('payment_intent.succeeded', intent)).toMatchObject(captured);
      expect(await read('payment_intent.created', early)).toEqual([]);
    });

    it('tells of captures, by the charge too', async () => {
      const { request, intent, operation } = await intentOf('pm_card_visa', { capture: false });
      const part = operation(4_000);
      await provider.capture(part);
      const notice = { about: 'capture', paymentId: request.paymentId, operationId: part.reference, outcome: { status: 'succeeded', amount: 4_000 } };
      for (const type of ['charge.captured', 'charge.updated']) {
        const notices = await read(type, { ...fake.books.charges.get(intent.latest_charge ?? '') });
        expect(notices.filter((one) => one.about === 'capture')).toMatchObject([notice]);
      }
    });

    it('tells of refunds, by the charge too', async () => {
      const { intent, operation } = await intentOf('pm_card_visa');
      const refunds = [operation(1_000), operation(2_000)];
      for (const refund of refunds) await provider.refund(refund);
      const notices = await read('charge.refunded', { ...fake.books.charges.get(intent.latest_charge ?? '') });
      expect(notices.map((one) => 'operationId' in one && one.operationId).toSorted()).toEqual(refunds.map(({ reference }) => reference).toSorted());
    });

    it.each([
      ['warning_needs_response', 'opened'],
      ['warning_closed', 'won'],
      ['prevented', 'won'],
      ['charge_refunded', 'won'],
    ])('takes a dispute that is %s as %s', async (status, change) => {
      const { intent } = await intentOf('pm_card_visa');
      expect(await read('charge.dispute.updated', fake.books.dispute(intent, status))).toMatchObject([{ about: 'dispute', notice: { change } }]);
    });

    it.each([
      ['payment_intent.succeeded', { id: 'pi_of_another_account' }],
      ['refund.updated', { id: 're_of_another_account' }],
      ['charge.dispute.created', { id: 'dp_of_another_account' }],
      ['charge.succeeded', { id: 'ch_without_intent', payment_intent: null }],
      ['charge.refunded', { id: 'ch_without_intent', payment_intent: null }],
      ['payout.paid', { id: 'po_1' }],
    ])('has none for us in %s of others', async (type, object) => expect(await read(type, object)).toEqual([]));

    it('asks for it to be read again later where Stripe cannot be asked', async () => {
      const away = await openStripe({ ...keys, baseUrl: `http://127.0.0.1:${await deadPort()}` });
      const event = fake.books.event('payment_intent.succeeded', { id: 'pi_1' });
      await expect(away.webhooks.read(JSON.stringify(event))).rejects.toThrow('could not be reached');
    });

    it('is not believed where it was signed and is no event', async () => {
      const { body, headers } = fake.webhook({ hello: 'world' }, { secret: keys.webhookSecret });
      expect(await provider.webhooks.verify(body, headers)).toEqual({ invalid: 'the body is not an event of Stripe' });
    });

    it('names the payment where the event does', async () => {
      const { request, intent } = await intentOf('pm_card_visa');
      const { body, headers } = fake.webhook(fake.books.event('payment_intent.succeeded', intent), { secret: keys.webhookSecret });
      expect(await provider.webhooks.verify(body, headers)).toMatchObject({ kind: 'payment_intent.succeeded', paymentId: request.paymentId });
    });
  });
});

describe('Stripe with several captures', () => {
  it('releases the rest with the final one, or when it is called off', async () => {
    const fake = await openFakeStripe({ multicapture: true });
    const provider = await openStripe({ ...keys, baseUrl: fake.baseUrl, multicapture: true });
    const held = async () => {
      const request = charge('pm_card_visa', { capture: false });
      await provider.charge(request);
      return operationOn({ request, providerReference: fake.intentOf(request.reference)?.id ?? '' });
    };
    const first = await held();
    expect(await provider.capture(first(2_000))).toMatchObject({ status: 'succeeded', amount: 2_000 });
    expect(await provider.capture({ ...first(3_000), final: true })).toMatchObject({ status: 'succeeded', amount: 3_000 });
    expect(await provider.capture(first(1))).toMatchObject({ status: 'failed' });
    const second = await held();
    await provider.capture(second(2_000));
    expect(await provider.void(second(8_000))).toMatchObject({ status: 'succeeded', amount: 8_000 });
    await fake.close();
    expect(fake.broken).toEqual([]);
  });
});

describe('the way to Stripe', () => {
  const at = (baseUrl: string) => openStripe({ ...keys, baseUrl, timeoutMs: 5_000 });

  it.each([
    ['nobody listens', async () => `http://127.0.0.1:${await deadPort()}`],
    ['there is no such host', async () => 'http://stripe.invalid'],
    ['nobody speaks TLS', async (fake: FakeStripe) => fake.baseUrl.replace('http:', 'https:')],
  ])('was not taken where %s', async (_, baseUrl) => {
    const fake = await openFakeStripe();
    const provider = await at(await baseUrl(fake));
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'not_sent', retriable: true });
    expect(await provider.check()).toMatchObject({ status: 'unreachable' });
    expect(fake.requests).toEqual([]);
    await fake.close();
  });

  it.each([
    ['200', '{}'],
    ['200', 'null'],
    ['200', ''],
    ['302', ''],
    ['503', '{"error":{"type":"api_error","message":"x"}}'],
    ['418', '{"error":{"type":"invalid_request_error","message":"x"}}'],
    ['400', '{"error":{"type":"something_new","message":"x"}}'],
    ['404', '<html></html>'],
  ])('leaves it unknown where %s %j comes back', async (status, body) => {
    const server = createServer((_, response) => void response.writeHead(Number(status), { location: 'http://127.0.0.1:1' }).end(body)).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'unknown' });
    server.close();
  });

  it.each([
    [400, { type: 'invalid_request_error', code: 'rate_limit' }, { status: 'not_sent', retriable: true }],
    [429, { type: 'invalid_request_error', code: 'lock_timeout' }, { status: 'not_sent', retriable: true }],
    [
      402,
      { type: 'invalid_request_error', code: 'payment_method_provider_timeout' },
      { status: 'declined', code: 'issuer_unavailable', providerReference: null },
    ],
    [403, { type: 'invalid_request_error', code: 'secret_key_required' }, { status: 'not_sent', retriable: false }],
  ])('knows that nothing was taken where %d %j comes back', async (status, error, outcome) => {
    const server = createServer((_, response) => void response.writeHead(status).end(JSON.stringify({ error: { ...error, message: 'x' } }))).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject(outcome);
    server.close();
  });

  it.each([{}, { data: [] }, { data: [], has_more: true }, { data: [{ id: 1 }], has_more: false }, { data: 'none' }])(
    'does not take the list %j for one on which nothing is',
    async (list) => {
      const search = { data: [] };
      const server = createServer(({ url }, response) => void response.writeHead(200).end(JSON.stringify(url?.includes('/search') ? search : list))).listen(0);
      const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const asked = about(charge('pm_card_visa'));
      expect(await provider.retrieveAttempt(asked)).toMatchObject({ status: 'unknown' });
      const refund = { ...asked, providerReference: 'pi_1', kind: 'refund' as const, operationReference: null };
      expect(await provider.retrieveOperation(refund)).toMatchObject({ status: 'unknown' });
      server.close();
    },
  );

  it('looks through all pages', async () => {
    const ids = (from: number) => Array.from({ length: 100 }, (_, index) => ({ id: `pi_${from + index}`, metadata: {} }));
    const urls: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      urls.push(url);
      const after = Number(/starting_after=pi_(\d+)/.exec(url)?.[1] ?? -1);
      response.writeHead(200).end(JSON.stringify(url.includes('/search') ? { data: [] } : { data: ids(after + 1), has_more: after < 199 }));
    }).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.retrieveAttempt(about(charge('pm_card_visa')))).toEqual({ status: 'not_found' });
    expect(urls).toHaveLength(4);
    server.close();
  });

  it('lists nothing where the list has a form that nobody knows', async () => {
    const list = { object: 'list', has_more: false, url: '/v1/balance_transactions', data: [{ id: 'txn_1' }] };
    const server = createServer((_, response) => void response.writeHead(200).end(JSON.stringify(list))).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(listed(provider.transactions({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }))).rejects.toThrow('nobody knows');
    server.close();
  });

  it('gives up on a key that stays in use', async () => {
    const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'x' };
    const server = createServer((_, response) => void response.writeHead(409).end(JSON.stringify({ error }))).listen(0);
    const provider = await openStripe({ ...keys, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 200 });
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'unknown', reason: expect.stringContaining('idempotency key') });
    server.close();
  });

  it('tells nobody its key', async () => {
    const fake = await openFakeStripe({ secretKey: 'sk_test_another' });
    const provider = await at(fake.baseUrl);
    const said = JSON.stringify([await provider.check(), await provider.charge(charge('pm_card_visa'))]);
    expect(said).not.toContain(keys.secretKey);
    await fake.close();
  });
});

describe('the fake', () => {
  it('takes nothing that the document of Stripe does not know', async () => {
    const fake = await openFakeStripe();
    const headers = { authorization: 'Bearer sk_test_fake', 'content-type': 'application/x-www-form-urlencoded' };
    const post = (body: string) => fetch(`${fake.baseUrl}/v1/payment_intents`, { method: 'POST', headers, body });
    for (const body of ['amount=100&currency=gbp&whatever=1', 'amount=much&currency=gbp', 'currency=gbp']) expect((await post(body)).status).toBe(400);
    expect(fake.broken).toHaveLength(3);
    await fake.close();
  });
});
