import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys, openPayPalHouse, type PayPalHouse } from '../../../test/support/paypal/house.ts';
import type { ChargeRequest, OperationRequest } from '../provider.ts';
import { knownOrders } from './access.ts';
import { pay } from './charge.ts';
import { openClient } from './client.ts';
import { paymentsOf } from './fake-paypal/books.ts';
import { createOrder } from './fake-paypal/orders.ts';
import { eventOf } from './fake-paypal/webhooks.ts';
import { belongingOf, customId } from './references.ts';
import { loadRequests } from './requests.ts';

let house: PayPalHouse;
beforeAll(async () => {
  house = await openPayPalHouse();
});
afterAll(async () => {
  await house.fake.close();
  expect(house.faults).toEqual([]);
});

const at = () => house.provider;
const chargeOf = (change: Partial<ChargeRequest> = {}): ChargeRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 10_000,
  currency: 'GBP',
  capture: true,
  method: 'paypal',
  token: 'redirect',
  returnUrl: 'https://shop.example/back',
  ...change,
});
const operationOn = ({ reference: attemptId, paymentId, currency }: ChargeRequest, providerReference: string, amount: number): OperationRequest => ({
  reference: randomUUID(),
  paymentId,
  amount,
  currency,
  attemptId,
  providerReference,
});
const orderOf = (id: string) => {
  const order = house.fake.books.orders.get(id);
  if (!order) throw new Error(`there is no order ${id}`);
  return order;
};
/** What the payer does on PayPal's page. */
const approve = (id: string, means = 'wallet') => {
  house.fake.books.means.set(id, means);
  orderOf(id).status = 'APPROVED';
};
const reference = (outcome: object): string => ('providerReference' in outcome ? String(outcome.providerReference) : '');
const moved = ({ reference: id }: ChargeRequest) =>
  house.fake.books.moved.filter(({ thing }) => belongingOf(thing.custom_id)?.attemptId === id).map(({ kind }) => kind);
const approvedEvent = (id: string) => JSON.stringify(eventOf('CHECKOUT.ORDER.APPROVED', 'checkout-order', orderOf(id)));

const waiting = async (change: Partial<ChargeRequest> = {}) => {
  const request = chargeOf(change);
  const outcome = await at().charge(request);
  expect(outcome).toMatchObject({ status: 'requires_action', action: { url: expect.stringContaining('checkoutnow?token=') } });
  return { request, id: reference(outcome) };
};

describe('a payer who is sent to PayPal', () => {
  it.each([
    [true, 'captured', 'charge'],
    [false, 'authorized', 'authorization'],
  ])('pays once they have approved and come back (captured at once: %s)', async (capture, status, kind) => {
    const { request, id } = await waiting({ capture });
    approve(id);
    const outcomes = await Promise.all([1, 2, 3].map(() => at().resume({ ...request, providerReference: id })));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status, amount: 10_000, currency: 'GBP', providerReference: id });
    expect(moved(request)).toEqual([kind]);
  });

  it('has an authorization that ends when PayPal says', async () => {
    const { request, id } = await waiting({ capture: false });
    approve(id);
    const outcome = await at().resume({ ...request, providerReference: id });
    expect(outcome).toMatchObject({ status: 'authorized', expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    const days = (Date.parse('expiresAt' in outcome ? (outcome.expiresAt ?? '') : '') - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(29, 1);
  });

  it('pays though they never come back, when PayPal tells that they have approved; twice is once', async () => {
    const { request, id } = await waiting();
    approve(id);
    const notice = { about: 'attempt', paymentId: request.paymentId, attemptId: request.reference, outcome: { status: 'captured', amount: 10_000 } };
    expect(await at().webhooks.read(approvedEvent(id))).toMatchObject([notice]);
    expect(await at().webhooks.read(approvedEvent(id))).toMatchObject([notice]);
    expect(await at().resume({ ...request, providerReference: id })).toMatchObject({ status: 'captured' });
    expect(moved(request)).toEqual(['charge']);
  });

  it('pays nothing that was called off before they approved', async () => {
    const { request, id } = await waiting();
    const released = operationOn(request, id, 10_000);
    expect(await at().void(released)).toMatchObject({ status: 'succeeded', amount: 10_000 });
    expect(await at().void(released)).toMatchObject({ status: 'succeeded' });
    expect(await at().void(operationOn(request, id, 10_000))).toMatchObject({ status: 'failed', code: 'previously_voided' });
    const asked = { ...request, attemptId: request.reference, providerReference: id };
    expect(await at().retrieveOperation({ ...asked, reference: released.reference, kind: 'void', operationReference: null })).toMatchObject({
      status: 'succeeded',
    });
    approve(id);
    const gone = { status: 'declined', code: 'canceled' };
    expect(await at().webhooks.read(approvedEvent(id))).toMatchObject([{ outcome: gone }]);
    expect(await at().resume({ ...request, providerReference: id })).toMatchObject(gone);
    expect(await at().charge(request)).toMatchObject(gone);
    expect(await at().retrieveAttempt(asked)).toMatchObject(gone);
    expect(moved(request)).toEqual([]);
  });

  it('isn’t charged by a late webhook for what they were told was declined', async () => {
    const { request, id } = await waiting();
    approve(id, 'refused-INSTRUMENT_DECLINED');
    expect(await at().resume({ ...request, providerReference: id })).toMatchObject({ status: 'declined', providerCode: 'INSTRUMENT_DECLINED' });
    approve(id, 'wallet');
    expect(await at().webhooks.read(approvedEvent(id))).toMatchObject([{ outcome: { status: 'declined' } }]);
    expect(moved(request)).toEqual([]);
  });

  it('is too late when the order has expired', async () => {
    const { request, id } = await waiting();
    house.fake.books.orders.delete(id);
    expect(await at().resume({ ...request, providerReference: id })).toMatchObject({ status: 'declined', code: 'canceled' });
    expect(await at().void(operationOn(request, id, 10_000))).toMatchObject({ status: 'succeeded' });
    expect(await at().retrieveAttempt({ ...request, attemptId: request.reference, providerReference: id })).toEqual({ status: 'not_found' });
    expect(await at().webhooks.read(JSON.stringify(eventOf('CHECKOUT.ORDER.APPROVED', 'checkout-order', { id })))).toEqual([]);
  });

  it('is asked again by a webhook whose payment nobody knows the end of', async () => {
    const { request, id } = await waiting();
    approve(id);
    house.fake.fault('cut_after');
    await expect(at().webhooks.read(approvedEvent(id))).rejects.toThrow('not paid yet');
    expect(await at().webhooks.read(approvedEvent(id))).toMatchObject([{ outcome: { status: 'captured' } }]);
    expect(moved(request)).toEqual(['charge']);
  });
});

describe('an order that the shop’s page has made', () => {
  const made = (value = '100.00', intent = 'CAPTURE') => {
    const { id } = createOrder(house.fake.books, { intent, purchase_units: [{ amount: { currency_code: 'GBP', value } }] });
    approve(id);
    return id;
  };

  it('is made the attempt’s, and paid once', async () => {
    const request = chargeOf({ token: `order:${made()}` });
    expect(await at().charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(await at().charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(moved(request)).toEqual(['charge']);
  });

  it('is not paid for two attempts, whoever comes first', async () => {
    const token = `order:${made()}`;
    const [one, other] = [chargeOf({ token }), chargeOf({ token })];
    const outcomes = await Promise.all([at().charge(one), at().charge(other)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['captured', 'not_sent']);
    expect([...moved(one), ...moved(other)]).toEqual(['charge']);
    expect(await at().charge(chargeOf({ token }))).toMatchObject({ status: 'not_sent', retriable: false });
  });

  it('is paid for the attempt that it names, where another took it over in between', async () => {
    const [one, other] = [chargeOf(), chargeOf()];
    const id = made();
    orderOf(id).purchase_units[0].custom_id = customId(other.paymentId, other.reference);
    const requests = await loadRequests({ ...keys, baseUrl: house.fake.url });
    const access = { requests, client: openClient({ requests, baseUrl: house.fake.url, timeoutMs: 1_500 }), webUrl: '', orders: knownOrders() };
    const paid = { reference: one.reference, capture: true };
    expect(await pay(access, orderOf(id), paid, { key: 'resume' })).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await at().charge({ ...other, token: `order:${id}` })).toMatchObject({ status: 'captured' });
    expect([...moved(one), ...moved(other)]).toEqual(['charge']);
  });

  it.each([
    ['is of another sum', () => made('99.99'), 'another sum'],
    ['is to be authorized only', () => made('100.00', 'AUTHORIZE'), 'intent'],
    ['isn’t there', () => 'NOSUCHORDER', 'no such order'],
  ])('is refused where it %s', async (_, order, reason) => {
    const request = chargeOf({ token: `order:${order()}` });
    expect(await at().charge(request)).toEqual({ status: 'not_sent', reason: expect.stringContaining(reason), retriable: false });
    expect(moved(request)).toEqual([]);
  });

  it('waits for the payer where they haven’t approved', async () => {
    const id = made();
    orderOf(id).status = 'CREATED';
    house.fake.books.means.delete(id);
    expect(await at().charge(chargeOf({ token: `order:${id}` }))).toMatchObject({ status: 'requires_action', providerReference: id });
  });

  it('isn’t charged where the bank of the card didn’t recognize its owner', async () => {
    const id = made();
    const three = { liability_shift: 'NO', three_d_secure: { enrollment_status: 'Y', authentication_status: 'R' } };
    orderOf(id).payment_source = { card: { last_digits: '2701', authentication_result: three } };
    const request = chargeOf({ method: 'card', token: `order:${id}` });
    expect(await at().charge(request)).toMatchObject({ status: 'declined', code: 'authentication_failed', providerCode: '3DS_R' });
    expect(moved(request)).toEqual([]);
  });
});

describe('refunds of several captures', () => {
  const captured = async (...amounts: number[]) => {
    const request = chargeOf({ capture: false, token: 'vault:wallet-1' });
    const id = reference(await at().charge(request));
    for (const amount of amounts) expect(await at().capture(operationOn(request, id, amount))).toMatchObject({ status: 'succeeded' });
    return { request, id, refund: (amount: number) => at().refund(operationOn(request, id, amount)) };
  };

  it('come from the smallest that has enough', async () => {
    const { id, refund } = await captured(3_000, 7_000);
    expect(await refund(2_500)).toMatchObject({ status: 'succeeded', amount: 2_500 });
    expect(paymentsOf(orderOf(id)).captures.map(({ status }) => status)).toEqual(['PARTIALLY_REFUNDED', 'COMPLETED']);
    expect(await refund(7_000)).toMatchObject({ status: 'succeeded', amount: 7_000 });
    expect(await refund(500)).toMatchObject({ status: 'succeeded', amount: 500 });
    expect(await refund(1)).toMatchObject({ status: 'failed', code: 'not_captured' });
  });

  it('say how much they can be where it takes several', async () => {
    const { refund } = await captured(3_000, 7_000);
    expect(await refund(7_001)).toEqual({ status: 'failed', code: 'refund_spans_captures', message: expect.stringContaining('7000') });
    expect(await refund(10_001)).toMatchObject({ status: 'failed', code: 'refund_amount_exceeded' });
  });
});

describe('the last of several captures', () => {
  it('releases the rest, where it says so', async () => {
    const request = chargeOf({ capture: false, token: 'vault:wallet-1' });
    const id = reference(await at().charge(request));
    expect(await at().capture({ ...operationOn(request, id, 1_000), final: true })).toMatchObject({ status: 'succeeded' });
    expect(await at().capture(operationOn(request, id, 1_000))).toMatchObject({ status: 'failed', code: 'authorization_already_captured' });
    expect(await at().void(operationOn(request, id, 9_000))).toMatchObject({ status: 'failed', code: 'previously_captured' });
  });
});

describe('what may go wrong on the way', () => {
  it('fetches another token when the old one isn’t taken any more', async () => {
    expect(await at().charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject({ status: 'captured' });
    house.fake.expireTokens();
    const before = house.fake.calls.filter((call) => call.includes('oauth2')).length;
    const outcomes = await Promise.all([1, 2, 3].map(() => at().charge(chargeOf({ token: 'vault:wallet-1' }))));
    expect(outcomes.map(({ status }) => status)).toEqual(['captured', 'captured', 'captured']);
    expect(house.fake.calls.filter((call) => call.includes('oauth2')).length - before).toBeLessThanOrEqual(3);
  });

  it.each(['error_before', 'slow_before', 'cut_after', 'half_json_after', 'not_known', 'teapot'] as const)(
    'has sent nothing where the order’s answer is lost (%s), and may try again',
    async (fault) => {
      const request = chargeOf({ token: 'vault:wallet-1' });
      house.fake.fault(fault, 'any');
      expect(await at().charge(request)).toMatchObject({ status: 'not_sent', retriable: true });
      expect(moved(request)).toEqual([]);
      expect(await at().charge(request)).toMatchObject({ status: 'captured' });
      expect(moved(request)).toEqual(['charge']);
    },
  );

  it('doesn’t know how it ended where the payment’s answer is lost, and says by what to ask', async () => {
    const request = chargeOf({ token: 'vault:wallet-1' });
    house.fake.fault('cut_after');
    const outcome = await at().charge(request);
    expect(outcome).toMatchObject({ status: 'unknown', providerReference: expect.stringMatching(/^[0-9A-Z]{17}$/) });
    const elsewhere = await house.open({});
    const asked = { ...request, attemptId: request.reference };
    expect(await elsewhere.retrieveAttempt({ ...asked, providerReference: null })).toMatchObject({ status: 'unknown' });
    expect(await elsewhere.retrieveAttempt({ ...asked, providerReference: null, unanswered: true })).toEqual({ status: 'not_found' });
    expect(await elsewhere.charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(moved(request)).toEqual(['charge']);
    expect(await elsewhere.retrieveAttempt({ ...asked, providerReference: reference(outcome) })).toMatchObject({ status: 'captured', amount: 10_000 });
  });

  it('has sent nothing that PayPal doesn’t let it', async () => {
    house.fake.fault('forbidden');
    expect(await at().charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject({
      status: 'not_sent',
      retriable: false,
      reason: expect.stringContaining('PERMISSION_DENIED'),
    });
  });

  it('doesn’t know what to make of an answer that isn’t PayPal’s', async () => {
    house.fake.fault('teapot');
    expect(await at().charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject({ status: 'unknown', reason: 'answered 418' });
  });

  it('was never connected where nobody listens any more', async () => {
    const { fake, provider } = await openPayPalHouse();
    expect(await provider.charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject({ status: 'captured' });
    await fake.close();
    // The connection that was kept is cut; the next isn't made.
    expect(await provider.charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject({ status: 'not_sent', retriable: true });
    const refused = { status: 'not_sent', retriable: true, reason: expect.stringContaining('ECONNREFUSED') };
    expect(await provider.charge(chargeOf({ token: 'vault:wallet-1' }))).toMatchObject(refused);
    expect(await provider.check()).toMatchObject({ status: 'unreachable', reason: expect.stringContaining('ECONNREFUSED') });
    await expect(provider.webhooks.read(JSON.stringify(eventOf('PAYMENT.CAPTURE.COMPLETED', 'capture', { id: 'X' })))).rejects.toThrow("can't be asked");
    await expect(provider.transactions({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' })[Symbol.asyncIterator]().next()).rejects.toThrow();
  });

  it.each([
    ['INSTRUMENT_DECLINED', 'declined'],
    ['PAYER_ACTION_REQUIRED', 'requires_action'],
    ['ORDER_NOT_APPROVED', 'requires_action'],
    ['DUPLICATE_INVOICE_ID', 'unknown'],
    ['ORDER_COMPLETION_IN_PROGRESS', 'pending'],
    ['ORDER_ALREADY_CAPTURED', 'unknown'],
    ['INVALID_IBAN', 'not_sent'],
  ])('makes of %s: %s', async (issue, status) => {
    const request = chargeOf({ token: `vault:refused-${issue}` });
    expect((await at().charge(request)).status).toBe(status);
    expect(moved(request)).toEqual([]);
  });

  it('stays in doubt where something else was paid in its name', async () => {
    const request = chargeOf({ token: 'vault:refused-DUPLICATE_INVOICE_ID' });
    expect(await at().charge(request)).not.toHaveProperty('providerReference');
    expect(await at().retrieveAttempt({ ...request, attemptId: request.reference, providerReference: null })).toMatchObject({ status: 'unknown' });
  });

  it('waits for what PayPal looks into, and hears how it ended', async () => {
    const request = chargeOf({ token: 'vault:pending' });
    const outcome = await at().charge(request);
    expect(outcome).toMatchObject({ status: 'pending' });
    const [capture] = paymentsOf(orderOf(reference(outcome))).captures;
    if (!capture) throw new Error('nothing was captured');
    capture.status = 'DECLINED';
    expect(await at().webhooks.read(JSON.stringify(eventOf('PAYMENT.CAPTURE.DENIED', 'capture', capture)))).toMatchObject([
      { about: 'attempt', paymentId: request.paymentId, attemptId: request.reference, outcome: { status: 'declined' } },
    ]);
  });
});

describe('the list of what moved', () => {
  it('goes through long spans, page by page, and halves those with too much in them', async () => {
    const requests = [1, 2, 3, 4, 5].map(() => chargeOf({ token: 'vault:wallet-1' }));
    for (const request of requests) await at().charge(request);
    for (const [index, movement] of house.fake.books.moved.slice(-5).entries()) movement.at = `2026-02-0${index + 1}T10:00:00.000Z`;
    house.fake.limit({ most: 2, pageSize: 1 });
    const found: (string | null)[] = [];
    for await (const one of at().transactions({ from: '2025-11-01T00:00:00Z', to: '2026-02-05T10:00:00Z' })) found.push(one.reference);
    house.fake.limit({ most: 10_000, pageSize: 2 });
    expect(found).toEqual(requests.slice(0, 4).map(({ reference: id }) => id));
  });

  it('has no reference of ours where something else is in its place', async () => {
    const request = chargeOf({ token: 'vault:wallet-1' });
    const id = reference(await at().charge(request));
    const [capture] = paymentsOf(orderOf(id)).captures;
    if (capture) capture.custom_id = 'cart 7';
    const movement = house.fake.books.moved.at(-1);
    if (movement) movement.at = '2026-03-01T10:00:00.000Z';
    for await (const one of at().transactions({ from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' })) expect(one.reference).toBeNull();
  });
});
