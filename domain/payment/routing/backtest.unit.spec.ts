import { describe, expect, it } from 'vitest';
import { openRoutingBacktest, type PastAttempt } from './backtest.ts';
import type { RoutingRules } from './rules.ts';

const past = (change: Partial<PastAttempt> = {}): PastAttempt => ({
  paymentId: 'p',
  provider: 'one',
  amount: 1_000,
  currency: 'GBP',
  method: 'card',
  country: null,
  requested: null,
  inputs: null,
  ...change,
});
const allTo = (name: string): RoutingRules => ({ rules: [], default: { providers: [{ name, weight: 1 }] } });
const rates: Record<string, number> = { one: 0.8, two: 0.9 };
const tried = (rules: RoutingRules, ...attempts: PastAttempt[]) => {
  const backtest = openRoutingBacktest(rules, ['one', 'two', 'new'], ({ provider }) => rates[provider] ?? null);
  for (const attempt of attempts) backtest.add(attempt);
  return backtest.result();
};

describe('rules that are tried on the past', () => {
  it('say what would have gone where, and how often it would have succeeded', () =>
    expect(tried(allTo('two'), past(), past({ amount: 500, currency: 'EUR' }), past({ provider: 'two' }))).toEqual({
      tested: 3,
      changed: 2,
      withoutChoice: 3,
      moves: [
        { from: 'one', to: 'two', count: 2, volume: { GBP: 1_000, EUR: 500 } },
        { from: 'two', to: 'two', count: 1, volume: { GBP: 1_000 } },
      ],
      expected: { of: 3, before: 0.8333, after: 0.9 },
    }));

  it('are given what was known then', () => {
    const inputs = {
      amount: 1_000,
      currency: 'GBP',
      method: 'card' as const,
      country: null,
      requested: null,
      draw: 0,
      standings: [{ provider: 'two', refuses: "another's token", circuit: 'closed' as const, successRate: null }],
    };
    expect(tried(allTo('two'), past({ inputs }))).toMatchObject({
      withoutChoice: 0,
      moves: [{ from: 'one', to: null, count: 1 }],
      expected: { of: 1, before: 0.8, after: 0 },
    });
  });

  it('leave who was asked for by name where they were', () => expect(tried(allTo('two'), past({ requested: 'one' }))).toMatchObject({ changed: 0 }));

  it('expect nothing of whom nothing is known', () => {
    expect(tried(allTo('new'), past())).toMatchObject({ changed: 1, expected: { of: 0, before: null, after: null } });
    expect(tried(allTo('one'), past({ provider: 'gone' }))).toMatchObject({ changed: 1, expected: { of: 0 } });
    expect(tried(allTo('one'))).toEqual({ tested: 0, changed: 0, withoutChoice: 0, moves: [], expected: { of: 0, before: null, after: null } });
  });
});
