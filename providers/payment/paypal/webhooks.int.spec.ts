import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { certificate } from '../../../test/support/certificates.ts';
import { chain, openPayPalHouse, type PayPalHouse } from '../../../test/support/paypal/house.ts';
import { paymentsOf } from './fake-paypal/books.ts';
import { disputeOf, eventOf } from './fake-paypal/webhooks.ts';
import type { PayPalSettings } from './paypal.ts';

const houses: PayPalHouse[] = [];
const opened = async (pem?: string, settings: Partial<PayPalSettings> = {}) => {
  const house = await openPayPalHouse(settings, pem);
  houses.push(house);
  return house;
};
afterEach(async () => {
  for (const { fake } of houses.splice(0)) await fake.close();
});

const { authority, signer } = chain;
const day = 86_400_000;
const event = eventOf('PAYMENT.CAPTURE.COMPLETED', 'capture', { id: 'X' });
const asked = ({ fake }: PayPalHouse) => fake.calls.filter((call) => call.includes('/certs/')).length;
const paypals = 'messageverificationcerts.paypal.com';

describe('a webhook is believed', () => {
  it('where its certificate leads to a root that is trusted; which is fetched once', async () => {
    const house = await opened();
    for (const { body, headers } of [house.sent(event), house.sent(event)])
      expect(await house.provider.webhooks.verify(body, headers)).toEqual({ eventId: event.id, kind: 'PAYMENT.CAPTURE.COMPLETED', paymentId: null });
    expect(asked(house)).toBe(1);
  });

  it.each([
    ['was sent as long ago as PayPal sends again', -3 * day + 60_000, true],
    ['is older', -3 * day - 60_000, false],
    ['is of our clock’s near future', 60_000, true],
    ['is of the future', 600_000, false],
  ])('where it %s: only then', async (_, ms, believed) => {
    const house = await opened();
    const { body, headers } = house.sent(event, { at: new Date(Date.now() + ms) });
    expect('eventId' in (await house.provider.webhooks.verify(body, headers))).toBe(believed);
  });

  it('by the webhook that it was made for, and by no other', async () => {
    const house = await opened();
    const { body, headers } = house.sent(event);
    const other = await house.open({ webhookId: 'another' });
    expect(await other.webhooks.verify(body, headers)).toEqual({ invalid: 'the signature is not that of this body' });
  });

  it('and names the payment that it is about', async () => {
    const house = await opened();
    const paymentId = randomUUID();
    const custom_id = `${paymentId}.${randomUUID()}`;
    for (const resource of [{ custom_id }, { purchase_units: [{ custom_id }] }, { disputed_transactions: [{ custom: custom_id }] }]) {
      const { body, headers } = house.sent(eventOf('ANY', 'any', resource));
      expect(await house.provider.webhooks.verify(body, headers)).toMatchObject({ paymentId });
    }
  });
});

describe('a webhook is not believed', () => {
  const refused = async (house: PayPalHouse, change: (headers: Record<string, string>) => Record<string, string | string[]> = (headers) => headers) => {
    const { body, headers } = house.sent(event);
    const verified = await house.provider.webhooks.verify(body, change(headers));
    return 'invalid' in verified ? verified.invalid : 'believed';
  };

  it.each(['transmission-id', 'transmission-time', 'cert-url', 'transmission-sig', 'auth-algo'])('without its %s', async (name) => {
    const house = await opened();
    const without = ({ [`paypal-${name}`]: _, ...headers }: Record<string, string>) => headers;
    expect(await refused(house, without)).toMatch(/headers|algorithm/);
    expect(await refused(house, (headers) => ({ ...headers, [`paypal-${name}`]: ['a', 'b'] }))).toMatch(/headers|algorithm/);
    expect(asked(house)).toBe(0);
  });

  it.each([
    'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/api.paypal.com',
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com@evil.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('with a certificate at %s, which is never asked for', async (url) => {
    const house = await opened();
    expect(await refused(house, (headers) => ({ ...headers, 'paypal-cert-url': url }))).toContain('address');
    expect(asked(house)).toBe(0);
  });

  it('with the time of its sending changed, or another algorithm', async () => {
    const house = await opened();
    expect(await refused(house, (headers) => ({ ...headers, 'paypal-transmission-time': new Date().toISOString().replace(/\.\d+/, '') }))).toContain(
      'signature',
    );
    expect(await refused(house, (headers) => ({ ...headers, 'paypal-transmission-time': 'yesterday' }))).toContain('old');
    expect(await refused(house, (headers) => ({ ...headers, 'paypal-auth-algo': 'SHA1withRSA' }))).toContain('algorithm');
  });

  const stranger = certificate({ name: 'Another root', authority: true });
  const noAuthority = certificate({ name: 'A leaf', issuer: authority });
  const past = { from: new Date('2020-01-01'), until: new Date('2021-01-01') };
  it.each([
    ['of a root that isn’t trusted', certificate({ name: paypals, issuer: stranger }).pem, 'trust'],
    ['that names a trusted root and isn’t signed by it', certificate({ name: paypals, issuer: { ...stranger, name: authority.name } }).pem, 'trust'],
    ['of nobody but itself', certificate({ name: paypals }).pem, 'trust'],
    ['without the one between', signer.pem, 'trust'],
    ['that was issued by no authority', certificate({ name: paypals, issuer: noAuthority }).pem + noAuthority.pem, 'trust'],
    ['that has expired', certificate({ name: paypals, issuer: authority, ...past }).pem, 'expired'],
    ['that isn’t valid yet', certificate({ name: paypals, issuer: authority, from: new Date('2048-01-01') }).pem, 'not valid yet'],
    ['of another name', certificate({ name: 'messageverificationcerts.paypal.com.evil.example', issuer: authority }).pem, 'not PayPal’s'],
    ['of a name that only ends like PayPal’s', certificate({ name: 'evilpaypal.com', issuer: authority }).pem, 'not PayPal’s'],
    ['that is none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'no certificate'],
    ['that isn’t there', '', 'no certificate'],
    ['that never ends', 'x'.repeat(200_000), 'can’t be had'],
  ])('with a certificate %s', async (_, pem, reason) => {
    expect(await refused(await opened(pem))).toContain(reason);
  });

  it('when its certificate has expired since it was fetched', async () => {
    let now = Date.now();
    const shortLived = certificate({ name: paypals, issuer: authority, until: new Date(now + day) });
    const house = await opened(shortLived.pem, { now: () => now });
    const verify = () => {
      const { body, headers } = house.sent(event, { key: shortLived.key, at: new Date(now) });
      return house.provider.webhooks.verify(body, headers);
    };
    expect(await verify()).toHaveProperty('eventId');
    now += 2 * day;
    expect(await verify()).toEqual({ invalid: expect.stringContaining('expired') });
  });

  it('while its certificate can’t be had, and is when it can again', async () => {
    const house = await opened();
    const { body, headers } = house.sent(event);
    const url = `${house.certificateUrl.replace(/:\d+\//, ':9/')}`;
    const elsewhere = await house.open({ certificateOrigins: [new URL(url).origin, house.fake.url] });
    expect(await elsewhere.webhooks.verify(body, { ...headers, 'paypal-cert-url': url })).toEqual({ invalid: 'the certificate can’t be had' });
    expect(await elsewhere.webhooks.verify(body, headers)).toHaveProperty('eventId');
  });

  it.each(['[]', '{}', '{"id":"","event_type":"X","resource":{}}', '"text"'])('where it says %s, though PayPal has signed it', async (text) => {
    const house = await opened();
    const { body, headers } = house.sent(JSON.parse(text));
    expect(await house.provider.webhooks.verify(body, headers)).toEqual({ invalid: 'the body is no event of PayPal’s' });
    expect(await house.provider.webhooks.read(text)).toEqual([]);
  });

  it('has no news in what is no JSON', async () => expect(await (await opened()).provider.webhooks.read('{')).toEqual([]));
});

describe('news', () => {
  const request = (capture: boolean) => ({
    reference: randomUUID(),
    paymentId: randomUUID(),
    amount: 10_000,
    currency: 'GBP',
    capture,
    method: 'card' as const,
    token: 'vault:card-1',
    returnUrl: null,
  });
  const charged = async (capture: boolean) => {
    const house = await opened();
    const asked = request(capture);
    const outcome = await house.provider.charge(asked);
    const providerReference = 'providerReference' in outcome ? String(outcome.providerReference) : '';
    const order = house.fake.books.orders.get(providerReference);
    if (!order) throw new Error('there is no order');
    const read = (type: string, resource: object) => house.provider.webhooks.read(JSON.stringify(eventOf(type, 'any', resource)));
    return { ...house, asked, outcome, order, providerReference, payments: paymentsOf(order), read };
  };

  it('of an authorization says how the attempt stands', async () => {
    const { asked, payments, outcome, read } = await charged(false);
    const notice = { about: 'attempt', paymentId: asked.paymentId, attemptId: asked.reference };
    expect(await read('PAYMENT.AUTHORIZATION.CREATED', payments.authorizations[0] ?? {})).toEqual([{ ...notice, outcome }]);
  });

  it('of a capture of an authorization is about that capture, as it stands now', async () => {
    const { asked, payments, provider, providerReference, read } = await charged(false);
    const operation = { ...asked, reference: randomUUID(), amount: 4_000, attemptId: asked.reference, providerReference };
    const outcome = await provider.capture(operation);
    const notice = { about: 'capture', paymentId: asked.paymentId, operationId: operation.reference, outcome };
    expect(await read('PAYMENT.CAPTURE.PENDING', payments.captures[0] ?? {})).toEqual([notice]);
    expect(await read('PAYMENT.CAPTURE.COMPLETED', payments.captures[0] ?? {})).toEqual([notice]);
  });

  it('of what was done by hand at PayPal is none', async () => {
    const { asked, payments, provider, providerReference, read } = await charged(true);
    await provider.refund({ ...asked, reference: randomUUID(), amount: 100, attemptId: asked.reference, providerReference });
    const [refund] = payments.refunds;
    if (!refund) throw new Error('nothing was refunded');
    refund.invoice_id = asked.reference;
    expect(await read('PAYMENT.CAPTURE.REFUNDED', refund)).toEqual([]);
    delete refund.custom_id;
    expect(await read('PAYMENT.REFUND.COMPLETED', refund)).toEqual([]);
    expect(await read('PAYMENT.CAPTURE.REVERSED', refund)).toEqual([]);
    expect(await read('BILLING.PLAN.CREATED', { id: 'P-1' })).toEqual([]);
  });

  it.each([
    ['ACCEPTED', 'lost'],
    ['CANCELED_BY_BUYER', 'won'],
    ['DENIED', 'won'],
    ['NONE', 'won'],
    ['RESOLVED_WITH_PAYOUT', 'won'],
  ])('of a dispute that ended with %s: %s', async (code, change) => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (!capture) throw new Error('nothing was captured');
    expect(await read('CUSTOMER.DISPUTE.UPDATED', disputeOf(capture, code))).toMatchObject([{ about: 'dispute', notice: { change, amount: 10_000 } }]);
  });

  it.each([
    [undefined, 'inquiry'],
    ['NONE', 'inquiry_closed'],
    ['RESOLVED_SELLER_FAVOUR', 'inquiry_closed'],
    ['RESOLVED_BUYER_FAVOUR', 'lost'],
  ])('of an inquiry that ended with %s: %s', async (code, change) => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (!capture) throw new Error('nothing was captured');
    expect(await read('CUSTOMER.DISPUTE.UPDATED', disputeOf(capture, code, 'INQUIRY'))).toMatchObject([{ notice: { change, amount: 10_000 } }]);
  });

  it('of a dispute that was lost in part names what was lost', async () => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (!capture) throw new Error('nothing was captured');
    const outcome = { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: { currency_code: 'GBP', value: '30.00' } };
    const dispute = { ...disputeOf(capture, 'RESOLVED_BUYER_FAVOUR'), dispute_outcome: outcome };
    expect(await read('CUSTOMER.DISPUTE.RESOLVED', dispute)).toMatchObject([{ notice: { change: 'lost', amount: 3_000 } }]);
  });

  it('of a dispute whose end nobody understands is left for people', async () => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (!capture) throw new Error('nothing was captured');
    await expect(read('CUSTOMER.DISPUTE.RESOLVED', disputeOf(capture, 'COIN_TOSS'))).rejects.toThrow('nobody knows');
    expect(await read('CUSTOMER.DISPUTE.CREATED', { ...disputeOf(capture), disputed_transactions: [] })).toEqual([]);
    expect(await read('CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-D-1' })).toEqual([]);
  });

  it('of a dispute about several charges is one of each that is ours', async () => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (!capture) throw new Error('nothing was captured');
    const dispute = disputeOf(capture);
    const all = [...dispute.disputed_transactions, { seller_transaction_id: 'SOMEBODYELSES0000' }];
    expect(
      await read('CUSTOMER.DISPUTE.CREATED', { ...dispute, dispute_amount: { currency_code: 'GBP', value: '150.00' }, disputed_transactions: all }),
    ).toMatchObject([{ notice: { change: 'opened', amount: 10_000 } }]);
  });

  it('of a capture or an authorization that names no order waits for people', async () => {
    const { payments, read } = await charged(true);
    const [capture] = payments.captures;
    if (capture) Object.assign(capture, { supplementary_data: {} });
    await expect(read('PAYMENT.CAPTURE.COMPLETED', capture ?? {})).rejects.toThrow('names no order');
    const held = await charged(false);
    const [hold] = held.payments.authorizations;
    if (hold) Object.assign(hold, { supplementary_data: {} });
    await expect(held.read('PAYMENT.AUTHORIZATION.CREATED', hold ?? {})).rejects.toThrow('names no order');
  });
});
