import braintree from 'braintree';
import type { Charged, Fault, News } from '../contract.ts';
import { providerContract } from '../contract.ts';
import { openBraintree } from './braintree.ts';
import { type FakeSettings, startFakeBraintree } from './fake-braintree.ts';

const faults: readonly Fault[] = [
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
];

const tokens = {
  success: 'fake-valid-nonce',
  declined: 'fake-processor-declined-visa-nonce',
  softDecline: 'fake-processor-failure-jcb-nonce',
  hardDecline: 'fake-gateway-rejected-fraud-nonce',
  strangers: ['tok_success', 'pm_card_visa', '5O190127TN364715T'],
  inexpressible: [
    { amount: 10_000, currency: 'SEK' },
    { amount: 10_000, currency: 'XXX' },
    { amount: 0, currency: 'GBP' },
  ],
  faults,
  news: ['captured', 'refunded', 'dispute_opened', 'dispute_won', 'dispute_lost', 'strange'] satisfies News[],
};

const statuses = { dispute_opened: 'open', dispute_won: 'won', dispute_lost: 'lost' } as const;

const open = async (settings: FakeSettings) => {
  const fake = await startFakeBraintree(settings);
  const { merchantAccounts, baseUrl, keys } = fake;
  const { requestKeys = false, partialSettlements = false } = settings;
  const options = { merchantAccounts, baseUrl, timeoutMs: 1_000, requestKeys, partialSettlements };

  const webhook = async (news: News, { providerReference: id }: Charged, flaw?: 'wrong_secret' | 'stale') => {
    // Old news is asked for anew: its age doesn't matter.
    if (flaw === 'stale') return undefined;
    const disputed = news === 'dispute_opened' || news === 'dispute_won' || news === 'dispute_lost' ? news : undefined;
    if (disputed) fake.disputes.set(id, { id, transactionId: id, status: statuses[disputed], kind: 'chargeback', amount: 10_000, currency: 'GBP' });
    const refunded = [...fake.transactions.values()].find((one) => one.refundedTransactionId === id)?.id ?? '';
    const about = news === 'strange' ? 'nobodys' : news === 'refunded' ? refunded : id;
    const { webhookTesting } = new braintree.BraintreeGateway({ environment: braintree.Environment.Sandbox, ...keys, ...(flaw && { privateKey: 'another' }) });
    const sample = await webhookTesting.sampleNotification(disputed ?? 'transaction_settled', about);
    return { body: Buffer.from(new URLSearchParams({ ...sample }).toString()), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  };

  return {
    provider: await openBraintree({ ...keys, ...options }),
    moved: async (attemptId: string) => fake.moved.filter(({ attempt }) => attempt === attemptId).map(({ kind, amount }) => ({ kind, amount })),
    fault: (fault: Fault) => fake.fault(fault),
    wrongKeys: () => openBraintree({ ...keys, ...options, privateKey: 'not-the-one' }),
    webhook,
    breakDown: fake.close,
    close: fake.close,
  };
};

providerContract('Braintree', tokens, () => open({}));
providerContract('Braintree with captures in parts and request keys', tokens, () => open({ partialSettlements: true, requestKeys: true }));
