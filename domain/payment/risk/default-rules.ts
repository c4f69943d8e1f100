import type { RiskRuleSet } from './rules.ts';

/**
 * The rules that hold until somebody sets others: they look for what ordinary customers hardly do, and let one sign by itself pass. Many
 * orders and large sums of a known customer are no such sign.
 */
export const defaultRiskRules: RiskRuleSet = {
  thresholds: { review: 50, block: 100 },
  rules: [
    { id: 'allowed', kind: 'listed', lists: ['allowed_customers', 'allowed_ips'], score: 0, decision: 'allow' },
    {
      id: 'blocked',
      kind: 'listed',
      lists: ['blocked_customers', 'blocked_email_domains', 'blocked_cards', 'blocked_ips', 'blocked_devices'],
      score: 0,
      decision: 'block',
    },
    { id: 'card_testing_ip', kind: 'failed_burst', subject: 'ip', window: '10m', failed: 30, cards: 0, score: 60 },
    { id: 'card_testing_device', kind: 'failed_burst', subject: 'device', window: '10m', failed: 20, cards: 0, score: 60 },
    { id: 'card_testing_customer', kind: 'failed_burst', subject: 'customer', window: '1h', failed: 5, cards: 5, score: 60 },
    { id: 'failing_card', kind: 'velocity', subject: 'card', window: '1h', measure: 'failed', over: 10, score: 40 },
    { id: 'many_cards_customer', kind: 'velocity', subject: 'customer', window: '24h', measure: 'cards', over: 5, score: 40 },
    { id: 'many_cards_device', kind: 'velocity', subject: 'device', window: '24h', measure: 'cards', over: 5, score: 40 },
    { id: 'card_not_of_ip', kind: 'country_mismatch', between: ['card', 'ip'], score: 20 },
    { id: 'card_not_of_bill', kind: 'country_mismatch', between: ['card', 'billing'], score: 15 },
    { id: 'disposable_email', kind: 'disposable_email', score: 25 },
    {
      id: 'new_card_large_amount',
      kind: 'new_card',
      amounts: { EUR: 100_000, GBP: 100_000, USD: 100_000, JPY: 150_000, CHF: 100_000, CAD: 150_000, AUD: 150_000 },
      score: 20,
    },
  ],
  lists: [
    { name: 'allowed_customers', kind: 'customer', values: [] },
    { name: 'allowed_ips', kind: 'ip', values: [] },
    { name: 'blocked_customers', kind: 'customer', values: [] },
    { name: 'blocked_email_domains', kind: 'email_domain', values: [] },
    { name: 'blocked_cards', kind: 'card', values: [] },
    { name: 'blocked_ips', kind: 'ip', values: [] },
    { name: 'blocked_devices', kind: 'device', values: [] },
  ],
};
