import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import { type Refreshed, refreshed } from '../../../platform/refreshed.ts';
import { bucketOf, type Interval } from '../../../projections/figures/buckets.ts';
import { summed } from '../../figures/sums.ts';
import { type Analytics, countIn, sourceOf } from '../sums.ts';

type Of = { provider: string; currency: string; method: PaymentMethodType };

/** How attempts ended that have: `rate` of them were authorized, from 0 to 1. */
export type ObservedRate = { provider: string; currency: string; method: string; attempts: number; rate: number };

/** By provider, currency and method, in a time (RFC 3339 UTC, from its hour or day on). What is undecided doesn't count; what is in doubt counts as not authorized. */
export const observedRates = async (
  analytics: Analytics,
  { interval, from, to }: { interval: Interval; from: string; to: string },
): Promise<ObservedRate[]> => {
  const groups = await summed(sourceOf(analytics), [{ interval, from: bucketOf(interval, from), to, filters: {} }], ['provider', 'currency', 'method']);
  return groups.flatMap(({ head: { provider, currency, method }, sums }) => {
    if (!provider || !currency || !method) return [];
    const authorized = countIn(sums, 'authorized');
    const attempts = authorized + countIn(sums, 'declined') + countIn(sums, 'notSent') + Math.max(0, countIn(sums, 'unknown') - countIn(sums, 'resolved'));
    return attempts > 0 ? [{ provider, currency, method, attempts, rate: Math.round((authorized / attempts) * 10_000) / 10_000 }] : [];
  });
};

/** Looks one of them up; null where there are fewer attempts than `fewest`. */
export const rateAmong = (rates: readonly ObservedRate[], fewest = 1): ((of: Of) => number | null) => {
  const known = new Map(rates.filter(({ attempts }) => attempts >= fewest).map((one) => [JSON.stringify([one.provider, one.currency, one.method]), one.rate]));
  return ({ provider, currency, method }) => known.get(JSON.stringify([provider, currency, method])) ?? null;
};

export type LateRates = {
  /** Never waits. Null with fewer than 20 attempts, or before the figures were first read. */
  rate: (of: Of) => number | null;
  /** All there are; waits where they are older than some seconds. */
  all: () => Promise<readonly ObservedRate[]>;
  refresh: () => Promise<void>;
};

const hour = 3_600_000;
const fewest = 20;

/** Of the last 24 hours, as of some seconds ago. */
export const lateRates = (
  analytics: Analytics,
  { now = () => new Date(), everyMs = 10_000, onError }: { now?: () => Date; everyMs?: number; onError?: (error: unknown) => void } = {},
): LateRates => {
  const look = async () => {
    const to = now();
    const rates = await observedRates(analytics, { interval: 'hour', from: new Date(to.getTime() - 24 * hour).toISOString(), to: to.toISOString() });
    return { rates, rate: rateAmong(rates, fewest) };
  };
  const kept: Refreshed<Awaited<ReturnType<typeof look>>> = refreshed(look, { everyMs, ...(onError && { onError }) });
  return { rate: (of) => kept.current()?.rate(of) ?? null, all: async () => (await kept.fresh())?.rates ?? [], refresh: kept.refresh };
};
