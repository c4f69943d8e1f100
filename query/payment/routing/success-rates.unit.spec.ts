import { describe, expect, it } from 'vitest';
import type { Find, Stored } from '../../../platform/documents/document-store.ts';
import { bucketOf, spanOf } from '../../../projections/figures/buckets.ts';
import { kindKey } from '../../../projections/figures/figures-document.ts';
import { added, noCounts } from '../../../projections/figures/tally.ts';
import type { AnalyticsDocument } from '../../../projections/payment/payment-analytics.ts';
import { type FigureName, slotOf } from '../../../projections/payment/payment-figures.ts';
import { lateRates, observedRates, rateAmong } from './success-rates.ts';

const at = '2026-05-01T10:20:00.000Z';
const asked = { interval: 'hour' as const, from: '2026-05-01T00:00:00Z', to: '2026-05-02T00:00:00Z' };

const kept = (provider: string | null, method: string | null, counts: Partial<Record<FigureName, number>>, country = 'GB'): AnalyticsDocument => {
  const bucket = bucketOf('hour', at);
  const tally = added(
    noCounts,
    Object.entries(counts).map(([name, count]) => [slotOf(name as FigureName), count] as const),
  );
  return { span: spanOf('hour', bucket), interval: 'hour', bucket, provider, currency: 'GBP', kinds: { [kindKey(country, method)]: tally } };
};

const figures = (...documents: AnalyticsDocument[]) => {
  const queries: Find[] = [];
  const find = async (query: Find): Promise<{ rows: Stored<AnalyticsDocument>[] }> => {
    queries.push(query);
    return { rows: documents.map((document, n) => ({ id: String(n), position: 0n, document })) };
  };
  return { analytics: { find }, queries };
};
const one = { provider: 'one', currency: 'GBP', method: 'card' as const };

describe('success rates', () => {
  it('are shares of what has ended: authorized, declined, not sent, or still in doubt', async () => {
    const { analytics } = figures(kept('one', 'card', { attempted: 12, authorized: 6, declined: 2, notSent: 1, unknown: 3, resolved: 2 }));
    expect(await observedRates(analytics, asked)).toEqual([{ ...one, attempts: 10, rate: 0.6 }]);
  });

  it('are of providers, whatever the country, and only of those that were asked', async () => {
    const { analytics } = figures(
      kept('one', 'card', { authorized: 1 }),
      kept('one', 'card', { declined: 1 }, 'DE'),
      kept(null, null, { created: 9 }),
      kept('two', 'card', { attempted: 1 }),
    );
    expect(await observedRates(analytics, asked)).toEqual([{ ...one, attempts: 2, rate: 0.5 }]);
  });

  it('are not known of others, nor of those with too few attempts', () => {
    const rates = [{ ...one, attempts: 19, rate: 0.5 }];
    expect(rateAmong(rates)(one)).toBe(0.5);
    expect(rateAmong(rates, 20)(one)).toBeNull();
    expect(rateAmong(rates)({ ...one, method: 'paypal' })).toBeNull();
  });
});

describe('the rates of late', () => {
  const now = () => new Date(at);

  it('are not waited for', async () => {
    const { analytics } = figures(kept('one', 'card', { authorized: 30, declined: 10 }));
    const rates = lateRates(analytics, { now });
    expect(rates.rate(one)).toBeNull();
    await rates.refresh();
    expect(rates.rate(one)).toBe(0.75);
    expect(await rates.all()).toEqual([{ ...one, attempts: 40, rate: 0.75 }]);
  });

  it('are of the last 24 hours, and read once in some seconds', async () => {
    const { analytics, queries } = figures();
    const rates = lateRates(analytics, { now });
    await rates.refresh();
    rates.rate(one);
    rates.rate(one);
    expect(queries).toHaveLength(1);
    expect(JSON.stringify(queries[0]?.where)).toContain('2026-04-30T10');
  });

  it('stay as they were where they cannot be read', async () => {
    const errors: unknown[] = [];
    const rates = lateRates({ find: () => Promise.reject(new Error('gone')) }, { now, onError: (error) => errors.push(error) });
    expect(await rates.all()).toEqual([]);
    expect(rates.rate(one)).toBeNull();
    expect(errors).toHaveLength(1);
  });
});
