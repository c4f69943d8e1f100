import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declinedByProcessor, publishedProcessorCodes } from './declines.ts';
import { asking, besideFake, charged, chargeOf } from './fake-braintree/beside.ts';
import type { FakeFault } from './fake-braintree/faults.ts';

type Beside = Awaited<ReturnType<typeof besideFake>>;

describe('a charge at Braintree', () => {
  let beside: Beside;
  beforeAll(async () => {
    beside = await besideFake();
  });
  afterAll(() => beside.fake.close());
  const sales = ({ reference }: { reference: string }) => [...beside.fake.transactions.values()].filter(({ orderId }) => orderId?.includes(reference));

  it.each(publishedProcessorCodes.filter((code) => code !== '3000'))('that the processor declines with %s says why', async (code) => {
    const outcome = await beside.provider.charge(chargeOf({ amount: Number(code) * 100 }));
    expect(outcome).toMatchObject({ status: 'declined', code: declinedByProcessor(code), providerCode: code, message: 'Processor Declined' });
  });

  it.each([
    ['fake-gateway-rejected-fraud-nonce', 100, 'fraudulent', 'fraud'],
    ['fake-gateway-rejected-risk-thresholds-nonce', 100, 'fraudulent', 'risk_threshold'],
    ['fake-token-issuance-error-venmo-account-nonce', 100, 'processing_error', 'token_issuance'],
    ['fake-valid-nonce', 500_100, 'merchant_refused', 'application_incomplete'],
    ['fake-processor-failure-jcb-nonce', 100, 'issuer_unavailable', '3000'],
    ['fake-paypal-one-time-nonce', 500_101, 'do_not_honor', '2038'],
  ])('with %s of %d is declined: %s', async (token, amount, code, providerCode) => {
    expect(await beside.provider.charge(chargeOf({ token, amount }))).toMatchObject({ status: 'declined', code, providerCode });
  });

  it.each([
    [500, 'JPY', '500'],
    [1_250, 'KWD', '1.250'],
    [1, 'USD', '0.01'],
  ])('of %d minor units of %s is sent as %s, to the account of that currency', async (amount, currency, text) => {
    const request = chargeOf({ amount, currency });
    expect(await beside.provider.charge(request)).toMatchObject({ status: 'captured', amount, currency });
    const sent = beside.fake.requests.findLast(({ path }) => path === '/transactions');
    expect(sent?.fields.transaction).toMatchObject({ amount: text, merchant_account_id: `acme_${currency.toLowerCase()}` });
  });

  it('says until when an authorization holds', async () => {
    const outcome = await beside.provider.charge(chargeOf({ capture: false }));
    expect(outcome).toMatchObject({ status: 'authorized', expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
  });

  it('takes what is in the vault', async () => {
    expect(await beside.provider.charge(chargeOf({ token: 'vault:abc123z' }))).toMatchObject({ status: 'captured' });
  });

  it.each([
    ['fake-consumed-nonce', '91564'],
    ['fake-luhn-invalid-nonce', '81715'],
  ])('is certainly not made with %s', async (token, code) => {
    expect(await beside.provider.charge(chargeOf({ token }))).toEqual({ status: 'not_sent', reason: expect.stringContaining(code), retriable: false });
  });

  it.each<FakeFault>(['unavailable', 'empty', 'json', 'drip', 'bad_gzip', 'no_sum'])('is unknown after an answer like %s, and found', async (fault) => {
    const request = chargeOf();
    beside.fake.fault(fault);
    expect((await beside.provider.charge(request)).status).toBe('unknown');
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'captured', amount: 10_000 });
  });

  it('is never called declined, or not sent, because of an answer that nobody can read', async () => {
    const types = fc.constantFrom('application/xml', 'application/json', 'text/html', 'application/xml; charset=utf-8');
    const headers = fc.record({ 'content-type': types, 'content-encoding': fc.constantFrom('gzip', 'identity') });
    const elements = fc.constantFrom(
      '<transaction/>',
      '<transaction>',
      '<a type="array"><b/></a>',
      '<api-error-response/>',
      '<?xml',
      '\u0000',
      ' ',
      '{}',
      'null',
      '<errors type="array"/>',
    );
    const body = fc.oneof(
      fc.string(),
      fc.array(elements).map((parts) => parts.join('')),
      fc.record({ cutAt: fc.double({ min: 0, max: 0.98, noNaN: true }) }),
    );
    const garbage = fc.record({ status: fc.constantFrom(200, 201, 422, 302, 400, 418, 502, 504), headers, body });
    await fc.assert(
      fc.asyncProperty(garbage, async (answer) => {
        const request = chargeOf();
        beside.fake.fault(answer);
        expect((await beside.provider.charge(request)).status).toBe('unknown');
        expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'captured', amount: 10_000 });
      }),
      { numRuns: 150 },
    );
  });

  it('is in doubt where it is refused without a reason', async () => {
    const body = '<api-error-response><errors><errors type="array"/></errors><params/><message>Odd.</message></api-error-response>';
    beside.fake.fault({ status: 422, headers: { 'content-type': 'application/xml' }, body });
    expect(await beside.provider.charge(chargeOf())).toMatchObject({ status: 'unknown', reason: expect.stringContaining('Odd.') });
  });

  it('that had no answer is asked for before it is sent again', async () => {
    const request = chargeOf();
    beside.fake.fault('cut_after');
    await beside.provider.charge(request);
    expect(await beside.provider.charge(request)).toMatchObject({ status: 'captured' });
    expect(sales(request)).toHaveLength(1);
  });

  it('that another process sends again, unasked, is no second charge: the answer is how the first one stands', async () => {
    const request = chargeOf();
    beside.fake.fault('cut_after');
    await beside.provider.charge(request);
    const other = await beside.another();
    expect(await other.charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(sales(request).map(({ status }) => status)).toEqual(['settled', 'gateway_rejected']);
    expect(await other.retrieveAttempt(asking(request))).toMatchObject({ status: 'captured' });
  });

  it('of which only the duplicate is found is in doubt', async () => {
    const request = chargeOf();
    await beside.provider.charge(request);
    const [first] = sales(request);
    await (await beside.another()).charge(request);
    beside.fake.transactions.delete(first?.id ?? '');
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'unknown' });
  });

  it('whose nonce it has used itself, before the answer was lost, stands as it was taken', async () => {
    const request = chargeOf({ token: randomUUID() });
    beside.fake.fault('cut_after');
    await beside.provider.charge(request);
    expect(await (await beside.another()).charge(request)).toMatchObject({ status: 'captured' });
    expect(sales(request)).toHaveLength(1);
  });

  it('is not sent where the connection is refused, and then nobody can tell how it stands', async () => {
    const unreachable = await beside.another({ baseUrl: 'http://127.0.0.1:1' });
    const request = chargeOf();
    expect(await unreachable.charge(request)).toMatchObject({ status: 'not_sent', retriable: true });
    expect(await unreachable.retrieveAttempt(asking(request))).toMatchObject({ status: 'unknown' });
  });

  it('is not sent where TLS is not what answers', async () => {
    const wrong = await beside.another({ baseUrl: beside.fake.baseUrl.replace('http:', 'https:') });
    expect(await wrong.charge(chargeOf())).toMatchObject({ status: 'not_sent', retriable: true });
  });

  it('is not sent where nobody answers the handshake of TLS in time', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const waiting = await beside.another({ baseUrl: `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` });
    expect(await waiting.charge(chargeOf())).toMatchObject({ status: 'not_sent', retriable: true });
    silent.close();
  });

  it('stands as it stood, when the customer comes back', async () => {
    const { request, outcome, providerReference } = await charged(beside.provider);
    expect(await beside.provider.resume({ ...request, providerReference })).toEqual(outcome);
    expect(await beside.provider.resume({ ...request, providerReference: 'nothing' })).toMatchObject({ status: 'not_sent', retriable: false });
  });

  it.each([
    ['voided', { status: 'declined', code: 'canceled' }],
    ['authorization_expired', { status: 'declined', code: 'canceled' }],
    ['settlement_declined', { status: 'reversed' }],
    ['authorizing', { status: 'pending' }],
    ['settlement_pending', { status: 'pending' }],
    ['settling', { status: 'captured' }],
    ['settlement_confirmed', { status: 'captured' }],
    ['constructor', { status: 'unknown' }],
  ])('that Braintree calls %s', async (status, expected) => {
    const { request, providerReference } = await charged(beside.provider);
    const transaction = beside.fake.transactions.get(providerReference);
    if (transaction) beside.fake.stand(transaction, status);
    expect(await beside.provider.retrieveAttempt(asking(request, providerReference))).toMatchObject(expected);
  });
});

describe('the card behind a token', () => {
  it.each([
    ['fake-valid-nonce', { fingerprint: null, country: 'GB' }],
    ['vault:abc123z', { fingerprint: 'number-of-abc123z', country: null }],
    ['fake-paypal-one-time-nonce', undefined],
    ['tok_success', undefined],
  ])('%s', async (token, card) => {
    const { fake, provider } = await besideFake();
    expect(await provider.cardOf?.(token)).toEqual(card);
    await fake.close();
  });
});

describe('a charge that settles later', () => {
  let beside: Beside;
  beforeAll(async () => {
    beside = await besideFake({ settlesAtOnce: false });
  });
  afterAll(() => beside.fake.close());

  it('of a card or PayPal is captured when it is submitted', async () => {
    for (const token of ['fake-valid-nonce', 'fake-paypal-one-time-nonce', 'fake-local-payment-method-nonce'])
      expect(await beside.provider.charge(chargeOf({ token }))).toMatchObject({ status: 'captured' });
  });

  it.each(['fake-us-bank-account-nonce', 'fake-sepa-direct-debit-nonce'])('of a bank account is pending until then: %s', async (token) => {
    const { request, outcome, providerReference } = await charged(beside.provider, { token, method: 'local' });
    expect(outcome).toMatchObject({ status: 'pending' });
    const transaction = beside.fake.transactions.get(providerReference);
    if (transaction) beside.fake.settle(transaction);
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'captured', amount: 10_000 });
  });

  it('of a bank account that was never settled is declined; what was, comes back', async () => {
    const { request, providerReference } = await charged(beside.provider, { token: 'fake-us-bank-account-nonce', method: 'local' });
    const transaction = beside.fake.transactions.get(providerReference);
    if (!transaction) throw new Error('it was charged');
    beside.fake.stand(transaction, 'settlement_declined');
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'declined', code: 'processing_error' });
    beside.fake.stand(transaction, 'settled');
    beside.fake.stand(transaction, 'settlement_declined');
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject({ status: 'reversed', providerReference });
  });

  it.each([
    [400_200, { status: 'pending' }],
    [400_100, { status: 'reversed', code: '4001', message: 'Settlement Declined' }],
  ])('with PayPal may end otherwise: %d', async (amount, expected) => {
    const { request, providerReference } = await charged(beside.provider, { token: 'fake-paypal-one-time-nonce', amount });
    const transaction = beside.fake.transactions.get(providerReference);
    if (transaction) beside.fake.settle(transaction);
    expect(await beside.provider.retrieveAttempt(asking(request))).toMatchObject(expected);
  });
});

describe("a charge with Braintree's own idempotency key", () => {
  it('is one charge, whichever process sends it again', async () => {
    const { fake, provider, another } = await besideFake({ requestKeys: true }, { requestKeys: true });
    const request = chargeOf({ token: randomUUID() });
    fake.fault('cut_after');
    expect((await provider.charge(request)).status).toBe('unknown');
    expect(await (await another()).charge(request)).toMatchObject({ status: 'captured' });
    expect(fake.transactions.size).toBe(1);
    await fake.close();
  });

  it('is in doubt where the key was sent with other details', async () => {
    const { fake, provider, another } = await besideFake({ requestKeys: true }, { requestKeys: true });
    const request = chargeOf();
    await provider.charge(request);
    expect(await (await another()).charge({ ...request, amount: 9_000 })).toMatchObject({ status: 'unknown' });
    await fake.close();
  });

  it('is not made where Braintree has not enabled them', async () => {
    const { fake, provider } = await besideFake({}, { requestKeys: true });
    expect(await provider.charge(chargeOf())).toMatchObject({ status: 'not_sent', reason: expect.stringContaining('915231'), retriable: false });
    await fake.close();
  });
});
