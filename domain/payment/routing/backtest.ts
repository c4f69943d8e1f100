import type { PaymentMethodType } from '../outcome.ts';
import type { RouteInputs } from '../routing.ts';
import { drawOf, route } from './route.ts';
import type { RoutingRules } from './rules.ts';

/** An attempt that was made. `inputs`: what was known when its provider was chosen; null where there was no choice, so that nothing was kept. */
export type PastAttempt = {
  paymentId: string;
  provider: string;
  amount: number;
  currency: string;
  method: PaymentMethodType;
  country: string | null;
  requested: string | null;
  inputs: RouteInputs | null;
};

/** Shares of attempts that were authorized, from 0 to 1; null where there are no figures. */
export type ObservedRate = (of: { provider: string; currency: string; method: PaymentMethodType }) => number | null;

/** How many went `from` there, and would go `to` there now; null: nobody could be asked. `volume`: minor units by currency. */
export type Move = { from: string; to: string | null; count: number; volume: Readonly<Record<string, number>> };

export type RoutingBacktest = {
  tested: number;
  changed: number;
  /** Of which nothing was kept: tested as if everybody who is set up now had been there and willing. */
  withoutChoice: number;
  moves: readonly Move[];
  /** Mean of the observed rates of who was asked first then, and of who would be now; of the attempts for which both are known. Failover is left out. */
  expected: { of: number; before: number | null; after: number | null };
};

/** Tries rules on past attempts, one after the other. */
export const openRoutingBacktest = (rules: RoutingRules, providers: readonly string[], rate: ObservedRate) => {
  const moves = new Map<string, Move>();
  const totals = { tested: 0, changed: 0, withoutChoice: 0 };
  const expected = { of: 0, before: 0, after: 0 };

  const add = (past: PastAttempt): void => {
    const routed = route({ version: 0, rules }, past.inputs ?? supposed(past, providers));
    const to = 'decision' in routed ? routed.decision.providers[0] : null;
    totals.tested += 1;
    if (to !== past.provider) totals.changed += 1;
    if (!past.inputs) totals.withoutChoice += 1;
    const { amount, currency, method, provider: from } = past;
    const key = JSON.stringify([from, to]);
    const { count, volume }: Pick<Move, 'count' | 'volume'> = moves.get(key) ?? { count: 0, volume: {} };
    moves.set(key, { from, to, count: count + 1, volume: { ...volume, [currency]: (volume[currency] ?? 0) + amount } });
    const before = rate({ provider: from, currency, method });
    const after = to === null ? 0 : rate({ provider: to, currency, method });
    if (before === null || after === null) return;
    expected.of += 1;
    expected.before += before;
    expected.after += after;
  };

  return {
    add,
    result: (): RoutingBacktest => ({
      ...totals,
      moves: [...moves.values()].toSorted((a, b) => b.count - a.count),
      expected: { of: expected.of, before: mean(expected.before, expected.of), after: mean(expected.after, expected.of) },
    }),
  };
};

const mean = (sum: number, count: number): number | null => (count === 0 ? null : Math.round((sum / count) * 10_000) / 10_000);

const supposed = ({ paymentId, amount, currency, method, country, requested }: PastAttempt, providers: readonly string[]): RouteInputs => ({
  amount,
  currency,
  method,
  country,
  requested,
  draw: drawOf(paymentId),
  standings: providers.map((provider) => ({ provider, refuses: null, circuit: 'closed', successRate: null })),
});
