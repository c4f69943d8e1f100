import { describe, expect, it } from 'vitest';
import { captured, type Delivery, type News, type Suite } from './subject.ts';

const dispute: Readonly<Partial<Record<News, 'opened' | 'won' | 'lost'>>> = { dispute_opened: 'opened', dispute_won: 'won', dispute_lost: 'lost' };

export const webhooks = (suite: Suite): void => {
  const { tokens, subject } = suite;
  const at = () => subject().provider;
  const can = (news: News) => tokens.news?.includes(news) ?? false;
  const believed = ({ body, headers }: Delivery) => at().webhooks.verify(body, headers);

  it.each([
    ['nothing', {}],
    ['a made-up signature', { 'stripe-signature': 't=1,v1=00', 'sandbox-signature': 't=1,v1=00', bt_signature: 'x' }],
  ])('believes no webhook with %s', async (_, headers) => {
    expect(await at().webhooks.verify(Buffer.from('{}'), headers)).toHaveProperty('invalid');
  });

  const charged = () => captured(suite);
  const sent = async (news: News, of: Awaited<ReturnType<typeof charged>>, flaw?: 'wrong_secret' | 'stale') => subject().webhook?.(news, of, flaw);

  describe.skipIf(!can('captured'))('of a signed webhook', () => {
    const signed = async () => {
      const of = await charged();
      const delivery = await sent('captured', of);
      if (!delivery) throw new Error('no webhook came');
      return { of, delivery };
    };

    it('believes what was signed, and knows it again', async () => {
      const { of, delivery } = await signed();
      const verified = await believed(delivery);
      expect(verified).toMatchObject({ eventId: expect.stringMatching(/./), kind: expect.stringMatching(/./) });
      if ('paymentId' in verified) expect([null, of.request.paymentId]).toContain(verified.paymentId);
      expect(await believed(delivery)).toEqual(verified);
    });

    it('reads how the charge stands, each time the same', async () => {
      const { of, delivery } = await signed();
      const notices = await at().webhooks.read(delivery.body.toString());
      expect(notices).toContainEqual({
        about: 'attempt',
        paymentId: of.request.paymentId,
        attemptId: of.request.reference,
        outcome: { status: 'captured', providerReference: of.providerReference, amount: 10_000, currency: 'GBP' },
      });
      expect(await at().webhooks.read(delivery.body.toString())).toEqual(notices);
    });

    it.each([0.3, 0.5, 0.7])('does not believe it with a byte changed at %d of its length', async (where) => {
      const { delivery } = await signed();
      const body = Buffer.from(delivery.body);
      const index = Math.floor(body.length * where);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(await believed({ ...delivery, body })).toHaveProperty('invalid');
    });

    it('does not believe a half', async () => {
      const { delivery } = await signed();
      expect(await believed({ ...delivery, body: delivery.body.subarray(0, delivery.body.length / 2) })).toHaveProperty('invalid');
    });

    it('does not believe it with megabytes behind it', async () => {
      const { delivery } = await signed();
      expect(await believed({ ...delivery, body: Buffer.concat([delivery.body, Buffer.alloc(5_000_000, ' x')]) })).toHaveProperty('invalid');
    });

    it.each(['wrong_secret', 'stale'] as const)('does not believe it where it is %s', async (flaw) => {
      const delivery = await sent('captured', await charged(), flaw);
      if (delivery) expect(await believed(delivery)).toHaveProperty('invalid');
    });
  });

  it.skipIf(!can('refunded'))('reads how a refund stands', async () => {
    const of = await charged();
    const refund = of.operation(2_000);
    const outcome = await at().refund(refund);
    const delivery = await sent('refunded', of);
    const notices = await at().webhooks.read(String(delivery?.body));
    expect(notices).toContainEqual({ about: 'refund', paymentId: of.request.paymentId, operationId: refund.reference, outcome });
  });

  it.each((['dispute_opened', 'dispute_won', 'dispute_lost'] as const).filter(can))('reads of a dispute: %s', async (news) => {
    const of = await charged();
    const delivery = await sent(news, of);
    if (delivery) expect(await believed(delivery)).toHaveProperty('eventId');
    expect(await at().webhooks.read(String(delivery?.body))).toMatchObject([
      {
        about: 'dispute',
        paymentId: of.request.paymentId,
        notice: {
          disputeId: expect.stringMatching(/./),
          attemptId: of.request.reference,
          change: dispute[news],
          amount: 10_000,
          currency: 'GBP',
          reason: expect.any(String),
          ...(news === 'dispute_opened' && { evidenceDueBy: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) }),
        },
      },
    ]);
  });

  it.skipIf(!can('strange'))('has no news of what is not ours', async () => {
    const delivery = await sent('strange', await charged());
    if (delivery) expect(await believed(delivery)).toHaveProperty('eventId');
    expect(await at().webhooks.read(String(delivery?.body))).toEqual([]);
  });
};
