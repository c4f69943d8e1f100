import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { charge, operationOn } from '../contract/subject.ts';
import type { ChargeRequest, PaymentProvider } from '../provider.ts';
import { type FakeStripe, openFakeStripe } from './fake-stripe.ts';
import { openStripe } from './stripe.ts';

const keys = { secretKey: 'sk_test_fake', webhookSecret: 'whsec_of_this_test' };

describe('news of Stripe', () => {
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
    ['warning_needs_response', 'inquiry'],
    ['warning_closed', 'inquiry_closed'],
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
    const gone = await openFakeStripe();
    await gone.close();
    const away = await openStripe({ ...keys, baseUrl: gone.baseUrl });
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
