// A small language for specs: an attempt of 100.00 GBP by a customer of whom everything is known and nothing is suspicious.
import type { RiskCounts, RiskInputs } from '../risk.ts';
import type { RiskRule, RiskRuleSet } from './rules.ts';

export const quiet: RiskInputs = {
  amount: 10_000,
  currency: 'GBP',
  method: 'card',
  customerId: 'c1',
  emailDomain: 'example.com',
  disposableEmail: false,
  country: 'GB',
  ipCountry: 'GB',
  cardCountry: 'GB',
  ip: '203.0.113.7',
  deviceId: 'd1',
  cardFingerprint: 'f1',
  cardFirstSeen: false,
  velocity: {},
  lists: [],
  missing: [],
};
export const inputs = (change: Partial<RiskInputs>): RiskInputs => ({ ...quiet, ...change });
export const counts = (change: Partial<RiskCounts>): RiskCounts => ({ attempts: 1, failed: 0, amount: 10_000, cards: 1, ...change });

export const setOf = (...rules: readonly RiskRule[]): RiskRuleSet => ({ thresholds: { review: 50, block: 100 }, rules, lists: [] });
