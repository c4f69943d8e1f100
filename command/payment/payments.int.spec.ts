import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign, signatureHeader } from '../../providers/payment/sandbox/signature.ts';
import { paymentHouse, webhookSecret } from '../../test/support/payment-house.ts';

let house: Awaited<ReturnType<typeof paymentHouse>>;
beforeAll(async () => {
  house = await paymentHouse();
});
afterAll(() => house?.close());

const settled = async (id: string, status: string) => {
  await expect.poll(async () => (await house.payment(id)).status, { timeout: 60_000 }).toBe(status);
  return house.payment(id);
};
const typesOf = async (id: string) => (await house.history(id)).data.map(({ type }: { type: string }) => type);

describe('a payment', () => {
  it('is created, paid, looked up, refunded in parts', async () => {
    const created = await house.call('POST', '/api/v1/payments', {
      amount: 10_000,
      currency: 'GBP',
      customer: { id: 'c1', email: 'ada@example.com', name: 'Ada', country: 'GB' },
      reference: 'order-1',
      metadata: { basket: '7' },
    });
    expect(created).toMatchObject({
      status: 201,
      body: { status: 'requires_payment_method', amount: 10_000, version: 1, customer: { name: 'Ada' }, metadata: { basket: '7' } },
    });
    const { id } = created.body;
    expect(created.headers.get('location')).toBe(`/api/v1/payments/${id}`);
    const paid = await house.process(id);
    expect(paid).toMatchObject({
      status: 200,
      body: { id, status: 'succeeded', amountCaptured: 10_000, version: 3, attempts: [{ status: 'succeeded', provider: 'sandbox' }] },
    });
    expect(await house.get(`/api/v1/payments/${id}`, { 'x-after-position': paid.headers.get('x-position') ?? '' })).toMatchObject({
      status: 200,
      body: paid.body,
    });
    expect(await house.step(id, 'refund', { amount: 4_000, reason: 'broken' })).toMatchObject({
      status: 200,
      body: { status: 'succeeded', amount: 4_000, currency: 'GBP', reason: 'broken' },
    });
    const last = await house.step(id, 'refund');
    expect(last).toMatchObject({ status: 200, body: { status: 'succeeded', amount: 6_000, reason: null } });
    const read = await house.get(`/api/v1/payments/${id}`, { 'x-after-position': last.headers.get('x-position') ?? '' });
    expect(read.body).toMatchObject({ status: 'succeeded', amountRefunded: 10_000, refunds: [{ amount: 4_000 }, { amount: 6_000 }] });
    expect((await house.ledgerOf(paid.body.attempts[0].id)).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge', 10_000],
      ['refund', 4_000],
      ['refund', 6_000],
    ]);
  });

  it('is authorized, captured in parts, and the rest released', async () => {
    const id = await house.create({ captureMethod: 'manual' });
    expect(await house.process(id)).toMatchObject({ status: 200, body: { status: 'requires_capture', amountCapturable: 10_000 } });
    expect(await house.step(id, 'capture', { amount: 3_000 })).toMatchObject({
      status: 200,
      body: { status: 'requires_capture', amountCaptured: 3_000, amountCapturable: 7_000 },
    });
    expect(await house.step(id, 'capture', { amount: 7_001 })).toMatchObject({
      status: 409,
      body: { code: 'capture_exceeds_authorized', errors: [{ path: 'amount' }] },
    });
    expect(await house.step(id, 'cancel')).toMatchObject({ status: 200, body: { status: 'succeeded', amountCaptured: 3_000, amountCapturable: 0 } });
    expect(await house.step(id, 'refund', { amount: 3_001 })).toMatchObject({ status: 409, body: { code: 'refund_exceeds_captured' } });
    const { attempts } = await house.payment(id);
    expect((await house.ledgerOf(attempts[0].id)).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['authorization', 10_000],
      ['capture', 3_000],
      ['void', 7_000],
    ]);
  });

  it('is canceled, before anything happened or after it was authorized', async () => {
    const id = await house.create();
    expect(await house.step(id, 'cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await house.step(id, 'cancel')).toMatchObject({ status: 409, body: { code: 'payment_canceled' } });
    expect(await house.process(id)).toMatchObject({ status: 409, body: { code: 'payment_canceled' } });
    const held = await house.paid('tok_success', { captureMethod: 'manual' });
    expect(await house.step(held, 'cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
  });

  it.each(['generic', 'insufficient_funds', 'lost_card', 'stolen_card', 'expired_card', 'incorrect_cvc', 'fraudulent', 'issuer_unavailable'])(
    'is declined with %s, and can be tried again',
    async (code) => {
      const id = await house.create();
      const declined = await house.process(id, `tok_decline_${code}`);
      expect(declined).toMatchObject({
        status: 402,
        body: {
          code: 'payment_declined',
          declineCode: code,
          payment: { status: 'requires_payment_method', lastError: { code: 'payment_declined', declineCode: code, provider: 'sandbox' } },
        },
      });
      expect(declined.headers.get('content-type')).toContain('application/problem+json');
      expect(await house.process(id)).toMatchObject({ status: 200, body: { status: 'succeeded', lastError: null } });
    },
  );

  it('says when the provider was never reached', async () => {
    const id = await house.create();
    expect(await house.process(id, 'tok_lost_before')).toMatchObject({
      status: 402,
      body: { code: 'payment_not_sent', payment: { status: 'requires_payment_method', attempts: [{ status: 'not_sent' }] } },
    });
    expect(await house.process(id)).toMatchObject({ status: 200 });
    expect(await house.process(await house.create(), 'tok_no_such')).toMatchObject({
      status: 422,
      body: { code: 'no_provider_available', errors: [{ path: 'paymentMethod.token' }] },
    });
  });

  it.each(['tok_lost_after', 'tok_500_after'])('is not known after %s, blocks what depends on it, and is found out', async (token) => {
    const id = await house.create();
    expect(await house.process(id, token)).toMatchObject({ status: 202, body: { status: 'processing', attempts: [{ status: 'unknown' }] } });
    const retried = await house.process(id);
    expect([409, 409]).toContain(retried.status);
    expect(['payment_in_doubt', 'payment_already_paid']).toContain(retried.body.code);
    const { attempts } = await settled(id, 'succeeded');
    expect(await house.ledgerOf(attempts[0].id)).toHaveLength(1);
  });

  it('waits for what is slow', async () => {
    const id = await house.create();
    expect(await house.process(id, 'tok_slow_300')).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  it.each(['tok_webhook_late', 'tok_webhook_twice', 'tok_webhook_shuffled'])('is decided by webhook: %s', async (token) => {
    const id = await house.create();
    expect(await house.process(id, token)).toMatchObject({ status: 200, body: { status: 'succeeded', amountCaptured: 10_000 } });
    expect((await typesOf(id)).filter((type: string) => type === 'AttemptCaptured')).toHaveLength(1);
  });

  it.each([
    ['tok_dispute_lost', 'lost', 10_000],
    ['tok_dispute_won', 'won', 0],
  ])('is disputed: %s', async (token, status, amountDisputed) => {
    const id = await house.paid(token);
    await expect.poll(async () => (await house.payment(id)).disputes[0]?.status, { timeout: 60_000 }).toBe(status);
    expect(await house.payment(id)).toMatchObject({ amountDisputed, disputes: [{ amount: 10_000 }] });
  });

  it('tells of refunds that fail, are late, or get lost', async () => {
    expect(await house.step(await house.paid('tok_refund_fails'), 'refund')).toMatchObject({
      status: 200,
      body: { status: 'failed', error: { code: 'refused' } },
    });
    expect(await house.step(await house.paid('tok_refund_late'), 'refund')).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    const lost = await house.paid('tok_refund_lost');
    expect(await house.step(lost, 'refund', { amount: 1 })).toMatchObject({ status: 202, body: { status: 'unknown' } });
    await expect.poll(async () => (await house.payment(lost)).refunds[0].status, { timeout: 60_000 }).toBe('succeeded');
  });

  it('tells of refunds and captures that come back after they had succeeded', async () => {
    const refunded = await house.paid('tok_refund_reversed');
    expect(await house.step(refunded, 'refund', { amount: 4_000 })).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    await expect
      .poll(async () => (await house.payment(refunded)).refunds[0], { timeout: 60_000 })
      .toMatchObject({ status: 'failed', error: { code: expect.any(String) } });
    expect(await house.payment(refunded)).toMatchObject({ status: 'succeeded', amountRefunded: 0, refunds: [{ error: { code: 'returned' } }] });
    const charged = await house.paid('tok_capture_reversed');
    await settled(charged, 'requires_payment_method');
    expect(await house.payment(charged)).toMatchObject({ amountCaptured: 0, lastError: { code: 'payment_reversed' }, captures: [{ status: 'failed' }] });
    expect(await house.process(charged, 'tok_success')).toMatchObject({ status: 200, body: { status: 'succeeded', amountCaptured: 10_000 } });
    const held = await house.paid('tok_capture_reversed', { captureMethod: 'manual' });
    expect(await house.step(held, 'capture', { amount: 4_000 })).toMatchObject({ status: 200, body: { amountCaptured: 4_000 } });
    await expect.poll(async () => (await house.payment(held)).amountCaptured, { timeout: 60_000 }).toBe(0);
    expect(await house.payment(held)).toMatchObject({ status: 'requires_capture', amountCapturable: 6_000 });
  });

  it('tells of captures and releases that get lost', async () => {
    const capture = await house.paid('tok_capture_lost', { captureMethod: 'manual' });
    expect(await house.step(capture, 'capture')).toMatchObject({ status: 202, body: { captures: [{ status: 'unknown' }] } });
    await settled(capture, 'succeeded');
    const release = await house.paid('tok_void_lost', { captureMethod: 'manual' });
    expect(await house.step(release, 'cancel')).toMatchObject({ status: 202 });
    await settled(release, 'canceled');
  });
});

describe('3-D Secure', () => {
  it.each([
    [true, 'succeeded'],
    [false, 'requires_payment_method'],
  ])('lets the customer decide: %s', async (approve, status) => {
    const id = await house.create({ returnUrl: 'https://shop.example/back?a=1' });
    const { status: answered, body } = await house.process(id, 'tok_3ds');
    expect([answered, body.status, body.nextAction.type]).toEqual([200, 'requires_action', 'redirect']);
    expect(await house.process(id)).toMatchObject({ status: 409, body: { code: 'payment_requires_action' } });
    const page = await house.call('GET', body.nextAction.url, undefined, { authorization: '' });
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('100.00 GBP') });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await house.call('POST', body.nextAction.url, { approve }, { authorization: '' })).toMatchObject({
      status: 200,
      body: { status: approve ? 'succeeded' : 'declined' },
    });
    expect(await settled(id, status)).toMatchObject({ nextAction: null, lastError: approve ? null : { declineCode: 'authentication_failed' } });
  });

  it("takes the page's form, and sends the customer back", async () => {
    const id = await house.create({ returnUrl: 'https://shop.example/back?a=1' });
    const { body } = await house.process(id, 'tok_3ds');
    const answer = await house.call('POST', body.nextAction.url, 'approve=true', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://shop.example/back?a=1']);
    await settled(id, 'succeeded');
    expect((await house.call('GET', body.nextAction.url)).body).toContain('You have approved');
  });

  it('ends when the shop cancels', async () => {
    const id = await house.create();
    const { body } = await house.process(id, 'tok_3ds');
    expect(await house.step(id, 'cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await house.call('POST', body.nextAction.url, { approve: true })).toMatchObject({ body: { status: 'canceled' } });
    expect(await house.call('GET', `/api/v1/sandbox/3ds/${randomUUID()}`)).toMatchObject({ status: 404, body: { code: 'confirmation_not_found' } });
  });
});

describe('the same again', () => {
  it('gives the same answer and happens once', async () => {
    const create = { amount: 500, currency: 'JPY' };
    const key = house.withKey();
    const first = await house.call('POST', '/api/v1/payments', create, key);
    const { id } = first.body;
    const processKey = house.withKey();
    const paid = await house.process(id, 'tok_success', processKey);
    const refundKey = house.withKey();
    const refunded = await house.step(id, 'refund', { amount: 100 }, refundKey);
    for (const [before, again] of [
      [first, await house.call('POST', '/api/v1/payments', create, key)],
      [paid, await house.process(id, 'tok_success', processKey)],
      [refunded, await house.step(id, 'refund', { amount: 100 }, refundKey)],
    ] as const) {
      expect([again.status, again.body]).toEqual([before.status, before.body]);
      expect([before.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
      expect(again.headers.get('x-position')).toBe(before.headers.get('x-position'));
    }
    expect(await typesOf(id)).toEqual(['PaymentCreated', 'AttemptStarted', 'AttemptCaptured', 'RefundStarted', 'RefundSucceeded']);
  });

  it('also when it was declined', async () => {
    const id = await house.create();
    const key = house.withKey();
    const [first, again] = [await house.process(id, 'tok_decline_lost_card', key), await house.process(id, 'tok_decline_lost_card', key)];
    expect(first.status).toBe(402);
    expect({ ...again.body, traceId: '' }).toEqual({ ...first.body, traceId: '' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await house.process(id, 'tok_success', key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('at the same time is one', async () => {
    const id = await house.create();
    const key = house.withKey();
    const answers = await Promise.all(Array.from({ length: 8 }, () => house.process(id, 'tok_success', key)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.attempts.length}`))).toEqual(new Set(['200 1']));
    const others = await Promise.all(Array.from({ length: 8 }, async () => (await house.process(id)).body.code));
    expect(new Set(others)).toEqual(new Set(['payment_already_paid']));
  });
});

describe('bad input', () => {
  const create = { amount: 1_000, currency: 'GBP' };

  it.each<[string, object, string, string]>([
    ['a negative amount', { ...create, amount: -1 }, 'invalid_request', 'amount'],
    ['no amount', { currency: 'GBP' }, 'invalid_request', 'amount'],
    ['zero', { ...create, amount: 0 }, 'invalid_request', 'amount'],
    ['a fraction', { ...create, amount: 10.5 }, 'invalid_request', 'amount'],
    ['text for an amount', { ...create, amount: '1000' }, 'invalid_request', 'amount'],
    ['an unsafe amount', { ...create, amount: 2 ** 53 }, 'invalid_request', 'amount'],
    ['an amount too long', { ...create, amount: 100_000_000_000 }, 'invalid_request', 'amount'],
    ['an amount that the currency has no money for', { amount: 10, currency: 'MGA' }, 'amount_not_representable', 'amount'],
    ['a currency that is none', { ...create, currency: 'XXX' }, 'unknown_currency', 'currency'],
    ['a currency in small letters', { ...create, currency: 'gbp' }, 'invalid_request', 'currency'],
    ['an unknown field', { ...create, colour: 'red' }, 'invalid_request', 'colour'],
    ['a provider that is not set up', { ...create, provider: 'bank' }, 'invalid_request', 'provider'],
    ['a country that is none', { ...create, customer: { id: 'c', country: 'Britain' } }, 'invalid_request', 'customer.country'],
    ['a customer without an id', { ...create, customer: { email: 'a@example.com' } }, 'invalid_request', 'customer.id'],
    ['an address that runs', { ...create, returnUrl: 'javascript:alert(1)' }, 'invalid_request', 'returnUrl'],
    ['metadata that is no text', { ...create, metadata: { a: 1 } }, 'invalid_request', 'metadata.a'],
    ['a card number', { ...create, reference: '4242 4242 4242 4242' }, 'card_number_refused', 'reference'],
  ])('%s is refused, with its path', async (_, body, code, path) => {
    const before = await house.count();
    const answer = await house.call('POST', '/api/v1/payments', body);
    expect(answer).toMatchObject({ status: 400, body: { code, errors: [{ path }] } });
    expect(await house.count()).toBe(before);
  });

  it.each(['not-a-uuid', '00000000-0000-4000-8000-00000000000', '1'])('%s is no id', async (id) => {
    for (const answer of [
      await house.process(id),
      await house.step(id, 'refund'),
      await house.get(`/api/v1/payments/${id}`),
      await house.get(`/api/v1/payments/${id}/events`),
    ])
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: 'path.id' }] } });
  });

  it('what is not there is not found', async () => {
    const id = randomUUID();
    for (const answer of [
      await house.process(id),
      ...(await Promise.all(['capture', 'cancel', 'refund'].map((name) => house.step(id, name)))),
      await house.get(`/api/v1/payments/${id}`),
      await house.get(`/api/v1/payments/${id}?version=1`),
      await house.get(`/api/v1/payments/${id}/events`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'payment_not_found' } });
  });

  it('what the state forbids is refused by name, and appends nothing', async () => {
    const created = await house.create();
    const paid = await house.paid();
    const before = await house.count();
    expect(await house.process(paid)).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    expect(await house.step(paid, 'capture')).toMatchObject({ status: 409, body: { code: 'payment_not_capturable' } });
    expect(await house.step(paid, 'cancel')).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    expect(await house.step(created, 'capture')).toMatchObject({ status: 409, body: { code: 'payment_not_capturable' } });
    expect(await house.step(created, 'refund')).toMatchObject({ status: 409, body: { code: 'payment_not_refundable' } });
    expect(await house.step(paid, 'refund', { amount: 10_001 })).toMatchObject({
      status: 409,
      body: { code: 'refund_exceeds_captured', errors: [{ path: 'amount' }] },
    });
    expect(await house.step(paid, 'refund', { amount: -5 })).toMatchObject({ status: 400, body: { errors: [{ path: 'amount' }] } });
    expect(await house.step(paid, 'cancel', { why: 'x' })).toMatchObject({ status: 400, body: { errors: [{ path: 'why' }] } });
    expect(await house.count()).toBe(before);
  });

  it('lets one of many refunds win that are too much together', async () => {
    const id = await house.paid();
    const answers = await Promise.all(Array.from({ length: 6 }, () => house.step(id, 'refund', { amount: 6_000 })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409]);
    const { attempts } = await house.payment(id);
    expect((await house.ledgerOf(attempts[0].id)).filter(({ kind }) => kind === 'refund')).toHaveLength(1);
  });

  it('needs permission', async () => {
    expect(await house.call('POST', '/api/v1/payments', create, { authorization: '' })).toMatchObject({ status: 401 });
    expect(await house.call('POST', '/api/v1/payments', create, house.asReader)).toMatchObject({ status: 403 });
    expect(await house.get('/api/v1/sandbox/ledger', { authorization: '' })).toMatchObject({ status: 401 });
  });
});

describe('webhooks', () => {
  const body = (change: object = {}) =>
    JSON.stringify({ id: randomUUID(), type: 'attempt.captured', paymentId: randomUUID(), notice: { about: 'attempt' }, ...change });
  const post = (text: string, headers: Record<string, string>) => house.call('POST', '/api/v1/webhooks/sandbox', text, { authorization: '', ...headers });

  it.each<[string, (text: string) => Record<string, string>]>([
    ['unsigned', () => ({})],
    ['wrongly signed', (text) => ({ [signatureHeader]: sign('another secret', text) })],
    ['stale', (text) => ({ [signatureHeader]: sign(webhookSecret, text, Date.now() - 600_000) })],
    ['changed on the way', (text) => ({ [signatureHeader]: sign(webhookSecret, `${text} `) })],
  ])('%s are refused and change nothing', async (_, headersFor) => {
    const before = await house.count();
    const text = body();
    expect(await post(text, headersFor(text))).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
    expect(await house.count()).toBe(before);
  });

  it('of nobody we know are not found; empty or huge ones are refused', async () => {
    expect(await house.call('POST', '/api/v1/webhooks/nobody', '{}')).toMatchObject({ status: 404, body: { code: 'provider_not_found' } });
    expect(await post('', {})).toMatchObject({ status: 401 });
    expect(await post('x'.repeat(600_000), {})).toMatchObject({ status: 413 });
  });

  it('are stored once, sealed, however often they come', async () => {
    const id = await house.create();
    const { body: intent } = await house.process(id, 'tok_3ds');
    const attemptId = intent.attempts[0].id;
    const outcome = { status: 'captured', providerReference: `sbx_${attemptId}`, amount: 10_000, currency: 'GBP' };
    const text = body({ paymentId: id, notice: { about: 'attempt', paymentId: id, attemptId, outcome } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(text, { [signatureHeader]: sign(webhookSecret, text) })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await settled(id, 'succeeded');
    const stored = [];
    for await (const event of house.store.readAll({ after: -1n, filter: { typePrefixes: ['PaymentWebhookReceived'] } })) stored.push(event);
    const own = stored.filter(({ data }) => (data as { paymentId: string }).paymentId === id);
    expect(own).toHaveLength(1);
    expect(JSON.stringify(own.map(({ data }) => data))).not.toContain('providerReference');
  });

  it('that contradict are told to people', async () => {
    const id = await house.paid();
    const text = body({
      paymentId: id,
      notice: { about: 'refund', paymentId: id, operationId: randomUUID(), outcome: { status: 'failed', code: 'x', message: 'y' } },
    });
    await post(text, { [signatureHeader]: sign(webhookSecret, text) });
    await expect.poll(() => house.log()).toContain('refund_not_found');
    expect((await house.payment(id)).version).toBe(3);
  });
});

it('answers as the caller prefers', async () => {
  const id = await house.create();
  const answer = await house.process(id, 'tok_slow_400', { prefer: 'respond-async' });
  expect([answer.status, answer.body.status, answer.headers.get('preference-applied')]).toEqual([202, 'processing', 'respond-async']);
  expect(await house.process(await house.create(), 'tok_slow_2000', { prefer: 'wait=1' })).toMatchObject({ status: 202 });
  await settled(id, 'succeeded');
});

it('keeps personal data out of the log of events and of its own', async () => {
  await house.paid('tok_success', { customer: { id: 'c9', email: 'grace@example.com', name: 'Grace Hopper' } });
  let text = '';
  for await (const event of house.store.readAll({ after: -1n })) text += JSON.stringify(event.data);
  expect(text).not.toMatch(/grace@example|Grace Hopper|tok_success/);
  expect(house.log()).not.toMatch(/grace@example|Grace Hopper|tok_/);
});
