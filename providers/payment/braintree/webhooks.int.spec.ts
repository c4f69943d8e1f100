import braintree from 'braintree';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { besideFake, charged } from './fake-braintree/beside.ts';

type Beside = Awaited<ReturnType<typeof besideFake>>;
type Kind =
  | Parameters<braintree.WebhookTestingGateway['sampleNotification']>[0]
  | 'refund_failed'
  | 'local_payment_funded'
  | 'local_payment_expired'
  | 'local_payment_reversed';

describe('the webhooks of Braintree', () => {
  let beside: Beside;
  beforeAll(async () => {
    beside = await besideFake({ settlesAtOnce: false });
  });
  afterAll(() => beside.fake.close());

  const form = (fields: Record<string, string>) => Buffer.from(new URLSearchParams(fields).toString());
  const gateway = (keys = beside.fake.keys) => new braintree.BraintreeGateway({ environment: braintree.Environment.Sandbox, ...keys });
  const sample = async (kind: Kind, id: string, keys = beside.fake.keys) =>
    form({ ...(await gateway(keys).webhookTesting.sampleNotification(kind as 'check', id)) });
  const read = (body: Buffer) => beside.provider.webhooks.read(body.toString());
  const settle = (id: string) => {
    const transaction = beside.fake.transactions.get(id);
    if (transaction) beside.fake.settle(transaction);
  };

  it('tell when a direct debit is paid', async () => {
    const { request, providerReference } = await charged(beside.provider, { token: 'fake-us-bank-account-nonce', method: 'local' });
    settle(providerReference);
    expect(await read(await sample('transaction_settled', providerReference))).toEqual([
      {
        about: 'attempt',
        paymentId: request.paymentId,
        attemptId: request.reference,
        outcome: { status: 'captured', providerReference, amount: 10_000, currency: 'GBP' },
      },
    ]);
  });

  it('are not believed about how it stands: that is asked for', async () => {
    const { request, providerReference } = await charged(beside.provider, { token: 'fake-us-bank-account-nonce', method: 'local' });
    const [notice] = await read(await sample('transaction_settlement_declined', providerReference));
    expect(notice).toMatchObject({ about: 'attempt', attemptId: request.reference, outcome: { status: 'pending' } });
  });

  it('tell of a capture', async () => {
    const { request, operation, providerReference } = await charged(beside.provider, { capture: false });
    const made = operation(4_000);
    await beside.provider.capture(made);
    expect(await read(await sample('transaction_disbursed', providerReference))).toMatchObject([
      { about: 'capture', paymentId: request.paymentId, operationId: made.reference, outcome: { status: 'succeeded', amount: 4_000 } },
    ]);
  });

  it('tell of a refund that failed after all', async () => {
    const { operation, providerReference } = await charged(beside.provider);
    settle(providerReference);
    const back = operation(1_000);
    const made = await beside.provider.refund(back);
    const id = 'providerReference' in made ? made.providerReference : '';
    const credit = beside.fake.transactions.get(id);
    if (credit) beside.fake.stand(credit, 'processor_declined');
    expect(await read(await sample('refund_failed', id))).toMatchObject([
      { about: 'refund', operationId: back.reference, outcome: { status: 'reversed', providerReference: id } },
    ]);
  });

  it.each([
    ['dispute_under_review', 'under_review', 'opened'],
    ['dispute_disputed', 'disputed', 'opened'],
    ['dispute_accepted', 'accepted', 'lost'],
    ['dispute_auto_accepted', 'auto_accepted', 'lost'],
    ['dispute_expired', 'expired', 'lost'],
    // It has moved on since this was sent.
    ['dispute_opened', 'won', 'won'],
  ] as const)('tell of a dispute: %s, which is %s', async (kind, status, change) => {
    const { request, providerReference: id } = await charged(beside.provider);
    beside.fake.disputes.set(id, { id, transactionId: id, status, kind: 'chargeback', amount: 2_500, currency: 'GBP' });
    expect(await read(await sample(kind, id))).toEqual([
      {
        about: 'dispute',
        paymentId: request.paymentId,
        notice: {
          disputeId: id,
          attemptId: request.reference,
          change,
          amount: 2_500,
          currency: 'GBP',
          reason: 'fraud',
          evidenceDueBy: '2030-01-21T00:00:00.000Z',
        },
      },
    ]);
  });

  it('have no news of a question that the bank asks, nor of disputes of others', async () => {
    const { providerReference: id } = await charged(beside.provider);
    beside.fake.disputes.set(id, { id, transactionId: id, status: 'open', kind: 'retrieval', amount: 2_500, currency: 'GBP' });
    expect(await read(await sample('dispute_opened', id))).toEqual([]);
    expect(await read(await sample('dispute_opened', 'nobodys'))).toEqual([]);
    beside.fake.disputes.set('strange', { id: 'strange', transactionId: 'nobodys', status: 'open', kind: 'chargeback', amount: 2_500, currency: 'GBP' });
    expect(await read(await sample('dispute_opened', 'strange'))).toEqual([]);
  });

  it('are tried again where a dispute is of a kind that nobody knows', async () => {
    const { providerReference: id } = await charged(beside.provider);
    beside.fake.disputes.set(id, { id, transactionId: id, status: 'sublimated', kind: 'chargeback', amount: 2_500, currency: 'GBP' });
    await expect(read(await sample('dispute_opened', id))).rejects.toThrow(/not known/);
  });

  it.each<Kind>([
    'check',
    'subscription_canceled',
    'disbursement',
    'local_payment_completed',
    'local_payment_funded',
    'local_payment_expired',
    'local_payment_reversed',
  ])('are believed and have no news of payments: %s', async (kind) => {
    const body = await sample(kind, 'some-id');
    expect(await beside.provider.webhooks.verify(body, {})).toMatchObject({ kind, eventId: expect.stringMatching(/^[0-9a-f]{64}$/), paymentId: null });
    expect(await read(body)).toEqual([]);
  });

  it('name the payment where the payload does', async () => {
    const { request, providerReference } = await charged(beside.provider);
    const orderId = beside.fake.transactions.get(providerReference)?.orderId;
    const xml = `<notification><timestamp type="datetime">2030-01-01T00:00:00Z</timestamp><kind>transaction_settled</kind><subject><transaction><id>${providerReference}</id><amount>1</amount><order-id>${orderId}</order-id></transaction></subject></notification>`;
    const payload = `${Buffer.from(xml).toString('base64')}\n`;
    const signing: unknown = gateway().webhookTesting;
    const signature = (signing as { sampleSignature: (payload: string) => string }).sampleSignature(payload);
    expect(await beside.provider.webhooks.verify(form({ bt_signature: signature, bt_payload: payload }), {})).toMatchObject({ paymentId: request.paymentId });
  });

  it('are known again by what they say, and read after the key was replaced', async () => {
    const { providerReference } = await charged(beside.provider);
    const body = await sample('transaction_settled', providerReference);
    const rotated = await beside.another({ privateKey: 'the-next-one' });
    expect(await rotated.webhooks.verify(body, {})).toHaveProperty('invalid');
    // The new key is not yet known to the gateway: the answer is that it can't be asked, not that the body can't be read.
    await expect(rotated.webhooks.read(body.toString())).rejects.toThrow(/cannot be asked about transaction/);
  });

  it.each([
    ['no form', Buffer.from('{}')],
    ['a form with a field twice', `${form({ bt_signature: 'a|b', bt_payload: 'YQ==' })}&bt_payload=Yg%3D%3D`],
    ['more than a form ever has', Buffer.alloc(300_000, 'a')],
  ])('are not believed: %s', async (_, body) => {
    expect(await beside.provider.webhooks.verify(Buffer.from(body), {})).toHaveProperty('invalid');
  });

  it('are not read where they were never good', async () => {
    await expect(beside.provider.webhooks.read('bt_signature=a&bt_payload=b')).rejects.toThrow(/cannot be read/);
  });

  it('are preceded by a question, which only the owner of the keys can answer', () => {
    const challenge = beside.provider.webhooks.challenge;
    // developer.paypal.com/braintree/docs/guides/webhooks/create: the public key, and a hash that the private one makes.
    expect(challenge?.({ bt_challenge: '20f9f8ed05f77439fe955c977e4c8a53' })).toMatch(/^public\|[0-9a-f]{40}$/);
    expect(challenge?.({ bt_challenge: '20f9f8ed05f77439fe955c977e4c8a53' })).toBe(challenge?.({ bt_challenge: '20f9f8ed05f77439fe955c977e4c8a53' }));
    for (const none of [{}, { bt_challenge: 'x' }, { bt_challenge: ['a'] }, { bt_challenge: 'goodbye cruel world' }]) expect(challenge?.(none)).toBeUndefined();
  });
});
