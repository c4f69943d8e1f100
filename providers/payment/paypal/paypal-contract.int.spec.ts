import { afterAll, expect } from 'vitest';
import { certificate } from '../../../test/support/certificates.ts';
import { openPayPalHouse, type PayPalHouse } from '../../../test/support/paypal/house.ts';
import { faultsOfSchema } from '../../../test/support/paypal/specification.ts';
import { type Charged, type News, providerContract } from '../contract.ts';
import { fromPayPal } from './amounts.ts';
import { type Capture, type Order, paymentsOf } from './fake-paypal/books.ts';
import { disputeOf, eventOf } from './fake-paypal/webhooks.ts';
import { belongingOf } from './references.ts';

const houses: PayPalHouse[] = [];
afterAll(() => {
  for (const { faults } of houses) expect(faults).toEqual([]);
});

const orderOf = ({ fake }: PayPalHouse, { providerReference }: Charged): Order => {
  const order = fake.books.orders.get(providerReference);
  if (!order) throw new Error(`there is no order ${providerReference}`);
  return order;
};

const eventAbout = (house: PayPalHouse, news: News, charged: Charged) => {
  const { captures, refunds } = paymentsOf(orderOf(house, charged));
  const [capture, refund] = [captures[0] as Capture, refunds[0]];
  switch (news) {
    case 'captured':
      return eventOf('PAYMENT.CAPTURE.COMPLETED', 'capture', capture);
    case 'refunded':
      return eventOf('PAYMENT.CAPTURE.REFUNDED', 'refund', refund ?? {});
    case 'strange':
      return eventOf('PAYMENT.CAPTURE.COMPLETED', 'capture', { ...capture, id: 'NOTHINGOFOURS0000', custom_id: 'cart 7' });
    default: {
      const outcome = { dispute_opened: undefined, dispute_won: 'RESOLVED_SELLER_FAVOUR', dispute_lost: 'RESOLVED_BUYER_FAVOUR' }[news];
      const dispute = disputeOf(capture, outcome);
      expect(faultsOfSchema('customer_disputes_v1', 'dispute', dispute)).toEqual([]);
      return eventOf(outcome ? 'CUSTOMER.DISPUTE.RESOLVED' : 'CUSTOMER.DISPUTE.CREATED', 'dispute', dispute);
    }
  }
};

providerContract(
  'PayPal',
  {
    success: 'vault:kept-card',
    declined: 'vault:declined-5120',
    softDecline: 'vault:declined-5120',
    hardDecline: 'vault:declined-9520',
    requiresAction: 'vault:asks-first',
    strangers: ['tok_success', 'pm_card_visa', 'redirect', 'order:lower', 'vault:', 'vault:a b'],
    inexpressible: [
      { amount: 150, currency: 'HUF' },
      { amount: 10_050, currency: 'TWD' },
      { amount: 1_000, currency: 'KWD' },
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
  },
  async () => {
    const house = await openPayPalHouse();
    houses.push(house);
    const { fake, provider, open, sent } = house;
    return {
      provider,
      moved: async (attemptId) =>
        fake.books.moved
          .filter(({ thing }) => belongingOf(thing.custom_id)?.attemptId === attemptId)
          .map(({ kind, thing }) => ({ kind, amount: fromPayPal(thing.amount)?.amount ?? Number.NaN })),
      breakDown: fake.close,
      close: fake.close,
      fault: fake.fault,
      decide: async (charged, approve) => {
        const order = orderOf(house, charged);
        order.status = 'APPROVED';
        const result = { liability_shift: approve ? 'POSSIBLE' : 'NO', three_d_secure: { enrollment_status: 'Y', authentication_status: approve ? 'Y' : 'N' } };
        order.payment_source = { card: { last_digits: '2701', brand: 'VISA', authentication_result: result } };
      },
      wrongKeys: () => open({ clientSecret: 'another' }),
      webhook: async (news, charged, flaw) => {
        const event = eventAbout(house, news, charged);
        expect(faultsOfSchema('notifications_webhooks_v1', 'event', event)).toEqual([]);
        if (flaw === 'stale') return sent(event, { at: new Date(Date.now() - 4 * 86_400_000) });
        return sent(event, flaw ? { key: certificate({ name: 'somebody' }).key } : {});
      },
    };
  },
);
