import { expect } from 'vitest';
import { type Charged, type News, providerContract, type Tokens } from '../contract.ts';
import { type FakeStripe, openFakeStripe } from './fake-stripe.ts';
import { openStripe } from './stripe.ts';

const secretKey = 'sk_test_fake';
const webhookSecret = 'whsec_of_this_test';
const timeoutMs = 2_500;

const open = async (fake: FakeStripe, change: Partial<Parameters<typeof openStripe>[0]> = {}) =>
  openStripe({ secretKey, webhookSecret, baseUrl: fake.baseUrl, timeoutMs, ...change });

const eventOf = ({ books, intentOf }: FakeStripe, news: News, { request }: Charged): object => {
  const intent = intentOf(request.reference);
  if (!intent) throw new Error('no intent of that charge');
  const refund = [...books.refunds.values()].findLast(({ payment_intent }) => payment_intent === intent.id);
  switch (news) {
    case 'captured':
      return books.event('payment_intent.succeeded', intent);
    case 'refunded':
      return books.event('refund.updated', refund ?? {});
    case 'dispute_opened':
      return books.event('charge.dispute.created', books.dispute(intent, 'needs_response'));
    case 'dispute_won':
      return books.event('charge.dispute.closed', books.dispute(intent, 'won'));
    case 'dispute_lost':
      return books.event('charge.dispute.closed', books.dispute(intent, 'lost'));
    case 'strange':
      return books.event('customer.created', { id: 'cus_1', object: 'customer' });
  }
};

const tokens: Tokens = {
  success: 'pm_card_visa',
  declined: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  softDecline: 'pm_card_chargeDeclinedProcessingError',
  hardDecline: 'pm_card_visa_chargeDeclinedStolenCard',
  requiresAction: 'pm_card_authenticationRequired',
  strangers: ['tok_success', 'tok_decline_lost_card', 'fake-valid-nonce', '5O190127TN364715T', ''],
  inexpressible: [
    { amount: 5_124, currency: 'KWD' },
    { amount: 10_000, currency: 'CLF' },
    { amount: 10_010, currency: 'MGA' },
  ],
  faults: [
    'rate_limited',
    'error_before',
    'error_after',
    'slow_before',
    'slow_after',
    'cut_before',
    'cut_after',
    'html_after',
    'half_json_after',
    'other_amount',
    'unknown_status',
  ],
  news: ['captured', 'refunded', 'dispute_opened', 'dispute_won', 'dispute_lost', 'strange'],
};

const contract = (name: string, multicapture: boolean, situations: Tokens): void =>
  providerContract(name, situations, async () => {
    const fake = await openFakeStripe({ secretKey, multicapture });
    return {
      provider: await open(fake, { multicapture }),
      moved: async (attemptId) => fake.books.moved.filter((one) => one.attemptId === attemptId).map(({ kind, amount }) => ({ kind, amount })),
      fault: fake.fault,
      decide: async ({ request }, approve) => {
        const intent = fake.intentOf(request.reference);
        if (intent) fake.decide(intent, approve);
      },
      wrongKeys: () => open(fake, { secretKey: 'sk_test_wrong', multicapture }),
      webhook: async (news, about, flaw) =>
        fake.webhook(eventOf(fake, news, about), { secret: flaw === 'wrong_secret' ? 'whsec_other' : webhookSecret, agoSeconds: flaw === 'stale' ? 301 : 0 }),
      breakDown: fake.close,
      close: async () => {
        await fake.close();
        expect(fake.broken).toEqual([]);
      },
    };
  });

contract('Stripe', false, tokens);
contract('Stripe with multicapture', true, { ...tokens, faults: [], news: [] });
