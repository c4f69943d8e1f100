import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderTransaction } from '../provider.ts';
import { besideFake, charged } from './fake-braintree/beside.ts';

type Beside = Awaited<ReturnType<typeof besideFake>>;

describe('what has not settled', () => {
  let beside: Beside;
  beforeAll(async () => {
    beside = await besideFake({ settlesAtOnce: false });
  });
  afterAll(() => beside.fake.close());
  const at = (id: string) => {
    const transaction = beside.fake.transactions.get(id);
    if (!transaction) throw new Error(`${id} is not there`);
    return transaction;
  };

  it('is given back as a whole by voiding it', async () => {
    const { operation, ask, providerReference } = await charged(beside.provider);
    const back = operation(10_000);
    const outcome = await beside.provider.refund(back);
    expect(outcome).toEqual({ status: 'succeeded', providerReference, amount: 10_000, currency: 'GBP' });
    expect(at(providerReference).status).toBe('voided');
    expect(await ask('refund', back.reference)).toEqual(outcome);
    expect(await beside.provider.refund(back)).toEqual(outcome);
    expect(await beside.provider.refund(operation(10_000))).toMatchObject({ status: 'failed' });
  });

  it('is known to be given back, though the answer was lost', async () => {
    const { operation, ask } = await charged(beside.provider);
    const back = operation(10_000);
    beside.fake.fault('error_before');
    expect((await beside.provider.refund(back)).status).toBe('unknown');
    expect(await ask('refund', back.reference)).toEqual({ status: 'not_found' });
    expect(await beside.provider.refund(back)).toMatchObject({ status: 'succeeded' });
  });

  it('is not given back in part until it has settled', async () => {
    const { operation, providerReference } = await charged(beside.provider);
    expect(await beside.provider.refund(operation(4_000))).toMatchObject({ status: 'failed', code: 'not_settled' });
    beside.fake.settle(at(providerReference));
    expect(await beside.provider.refund(operation(4_000))).toMatchObject({ status: 'succeeded', amount: 4_000 });
  });

  it('is never voided by a refund where it is only authorized', async () => {
    const { operation, providerReference } = await charged(beside.provider, { capture: false });
    expect(await beside.provider.refund(operation(10_000))).toMatchObject({ status: 'failed', code: 'not_settled' });
    expect(at(providerReference).status).toBe('authorized');
  });

  it('neither settled nor voidable, can only wait', async () => {
    const { operation, providerReference } = await charged(beside.provider);
    beside.fake.stand(at(providerReference), 'settlement_confirmed');
    expect(await beside.provider.refund(operation(10_000))).toMatchObject({ status: 'failed', code: 'not_voidable' });
  });

  it('is not refunded where the question before it had no answer', async () => {
    const { operation } = await charged(beside.provider);
    const unreachable = await beside.another({ baseUrl: 'http://127.0.0.1:1' });
    expect(await unreachable.refund(operation(10_000))).toMatchObject({ status: 'not_sent', retriable: true });
  });

  it.each([
    ['processor_declined', { status: 'reversed' }],
    ['settlement_pending', { status: 'pending' }],
    ['authorized', { status: 'pending' }],
    ['sublimated', { status: 'unknown' }],
  ])('a refund that Braintree calls %s', async (status, expected) => {
    const { operation, ask, providerReference } = await charged(beside.provider);
    beside.fake.settle(at(providerReference));
    const back = operation(1_000);
    const made = await beside.provider.refund(back);
    if ('providerReference' in made) beside.fake.stand(at(made.providerReference), status);
    expect(await ask('refund', back.reference)).toMatchObject(expected);
  });

  it('an operation on what Braintree does not know is not sent', async () => {
    const { operation } = await charged(beside.provider, { capture: false });
    const strange = (more = {}) => operation(1, { providerReference: 'nothing', ...more });
    expect(await beside.provider.capture(strange())).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await beside.provider.void(strange())).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await beside.provider.refund(strange())).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await beside.provider.void(strange({ providerReference: '../transactions' }))).toMatchObject({ status: 'not_sent' });
  });

  it('a reference is of one operation', async () => {
    const { operation } = await charged(beside.provider, { capture: false });
    const made = operation(5_000);
    await beside.provider.capture(made);
    expect(await beside.provider.capture({ ...made, amount: 6_000 })).toMatchObject({ status: 'not_sent', retriable: false });
  });
});

describe('a processor that keeps the order id of the authorization', () => {
  it('captures without our reference, and it is known all the same', async () => {
    const { fake, provider } = await besideFake({ orderIdsFixed: true });
    const { operation, ask } = await charged(provider, { capture: false });
    const made = operation(4_000);
    expect(await provider.capture(made)).toMatchObject({ status: 'succeeded', amount: 4_000 });
    expect(await ask('capture', made.reference)).toMatchObject({ status: 'succeeded', amount: 4_000 });
    await fake.close();
  });
});

describe('captures in parts', () => {
  let beside: Beside;
  beforeAll(async () => {
    beside = await besideFake({ partialSettlements: true }, { partialSettlements: true });
  });
  afterAll(() => beside.fake.close());

  const inTwoParts = async (token = 'fake-valid-nonce') => {
    const one = await charged(beside.provider, { capture: false, token });
    await beside.provider.capture(one.operation(4_000));
    await beside.provider.capture(one.operation(5_000));
    return one;
  };

  it('are refunded from the one that has enough left', async () => {
    const { operation } = await inTwoParts();
    const refunds = [];
    for (const amount of [4_500, 4_000, 501]) refunds.push(await beside.provider.refund(operation(amount)));
    expect(refunds).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }, { status: 'failed', code: 'exceeds_one_capture' }]);
    expect(await beside.provider.refund(operation(500))).toMatchObject({ status: 'succeeded' });
  });

  it.each(['fake-valid-nonce', 'fake-paypal-one-time-nonce'])('leave the authorization one, whose rest can be released: %s', async (token) => {
    const { request, operation, ask, providerReference } = await inTwoParts(token);
    expect(await beside.provider.retrieveAttempt({ ...request, attemptId: request.reference, providerReference })).toMatchObject({
      status: 'authorized',
      amount: 10_000,
    });
    const released = operation(1_000);
    expect(await beside.provider.void(released)).toMatchObject({ status: 'succeeded', amount: 1_000 });
    expect(await ask('void', released.reference)).toMatchObject({ status: 'succeeded', amount: 1_000 });
  });

  it('end with the final one', async () => {
    const { operation } = await charged(beside.provider, { capture: false });
    expect(await beside.provider.capture(operation(4_000, { final: true }))).toMatchObject({ status: 'succeeded' });
    expect(await beside.provider.capture(operation(1_000))).toMatchObject({ status: 'failed', code: 'not_capturable' });
  });

  it('that the processor cannot make are made as one, where they are the only one', async () => {
    const { fake, provider } = await besideFake({ requestKeys: true }, { requestKeys: true, partialSettlements: true });
    const whole = await charged(provider, { capture: false });
    expect(await provider.capture(whole.operation(10_000))).toMatchObject({ status: 'succeeded', amount: 10_000 });
    const last = await charged(provider, { capture: false });
    expect(await provider.capture(last.operation(4_000, { final: true }))).toMatchObject({ status: 'succeeded', amount: 4_000 });
    const part = await charged(provider, { capture: false });
    expect(await provider.capture(part.operation(4_000))).toMatchObject({ status: 'failed', code: 'partial_captures_unsupported' });
    await fake.close();
  });
});

describe('the list of what moved', () => {
  const minutes = 60_000;
  const span = () => ({ from: new Date(Date.now() - minutes).toISOString(), to: new Date(Date.now() + minutes).toISOString() });
  const listed = async (transactions: AsyncIterable<ProviderTransaction>): Promise<ProviderTransaction[]> => {
    const all: ProviderTransaction[] = [];
    for await (const one of transactions) all.push(one);
    return all;
  };

  it('has every page', async () => {
    const { fake, provider } = await besideFake({ pageSize: 2 });
    const made = [];
    for (let count = 0; count < 5; count += 1) made.push(await charged(provider, { amount: 1_000 + count }));
    expect(new Set((await listed(provider.transactions(span()))).map(({ reference }) => reference))).toEqual(
      new Set(made.map(({ request }) => request.reference)),
    );
    await fake.close();
  });

  it('has what was given back before it settled, there and back', async () => {
    const { fake, provider } = await besideFake({ settlesAtOnce: false });
    const { request, operation, providerReference } = await charged(provider);
    await provider.refund(operation(10_000));
    expect(await listed(provider.transactions(span()))).toMatchObject([
      { kind: 'capture', reference: request.reference, providerReference, amount: 10_000 },
      { kind: 'refund', reference: null, providerReference, amount: 10_000 },
    ]);
    await fake.close();
  });

  it('has nothing that was declined, waits or is not ours to know', async () => {
    const { fake, provider } = await besideFake({ settlesAtOnce: false });
    await charged(provider, { token: 'fake-us-bank-account-nonce' });
    await charged(provider, { capture: false });
    await charged(provider, { token: 'fake-processor-declined-visa-nonce' });
    fake.sale({ amount: '7.00', merchant_account_id: 'acme_gbp', payment_method_nonce: 'fake-valid-nonce', options: { submit_for_settlement: true } });
    expect(await listed(provider.transactions(span()))).toMatchObject([{ kind: 'capture', reference: null, amount: 700 }]);
    await fake.close();
  });

  it('cannot be had where Braintree cannot be asked', async () => {
    const { fake, another } = await besideFake();
    const unreachable = await another({ baseUrl: 'http://127.0.0.1:1' });
    await expect(listed(unreachable.transactions(span()))).rejects.toThrow(/cannot be listed/);
    await fake.close();
  });
});

describe('whether the settings are right', () => {
  it.each([
    [{ merchantAccounts: {} }, /no merchant account/],
    [{ merchantAccounts: { GBP: 'nobodys' } }, /nobodys/],
    [{ merchantAccounts: { GBP: 'acme_usd' } }, /not in GBP/],
    [{ privateKey: randomUUID() }, /API keys/],
  ])('is found out: %j', async (change, reason) => {
    const { fake, another } = await besideFake();
    expect(await (await another(change)).check()).toEqual({ status: 'misconfigured', reason: expect.stringMatching(reason) });
    await fake.close();
  });
});
