import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { about, charge, listed, operationOn } from '../contract/subject.ts';
import type { ChargeRequest, PaymentProvider } from '../provider.ts';
import { type FakeStripe, openFakeStripe } from './fake-stripe.ts';
import { openStripe } from './stripe.ts';

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
    ['pm_card_refundFail', 'reversed'],
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
