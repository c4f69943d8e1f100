import { expect, it } from 'vitest';
import type { Find } from '../../platform/documents/document-store.ts';
import { type AnalyticsDocument, bucketOf, type Interval, kindOf, type PaymentFigures, spanOf } from '../../projections/payment/payment-analytics.ts';
import { type FigureName, slotOf, slotOfDecline, slotOfLatency } from '../../projections/payment/payment-figures.ts';
import { type Additions, added, noCounts } from '../../projections/payment/tally.ts';
import { rowJson } from './figures.ts';
import { type Asked, type Group, regrouped, summed } from './sums.ts';

const rowOf = (group: Group) => JSON.parse(rowJson(group));

const tally = (counts: Partial<Record<FigureName, number>>, more: Additions = []) =>
  added(noCounts, [...Object.entries(counts).map(([name, count]) => [slotOf(name as FigureName), count] as const), ...more]);

const document = (change: Partial<PaymentFigures>, at = '2026-01-01T00:00:00.000Z', interval: Interval = 'day'): PaymentFigures => {
  const bucket = bucketOf(interval, at);
  return { span: spanOf(interval, bucket), interval, bucket, provider: 'sandbox', currency: 'GBP', kinds: {}, ...change };
};

/** A read model in memory that gives two documents a page. */
const stored = (documents: readonly AnalyticsDocument[]) => ({
  find: async ({ where, after = '0' }: Find) => {
    const kept = documents
      .filter((one) =>
        where.every((condition) => {
          const value = String(Reflect.get(one, condition.field));
          if ('is' in condition) return value === condition.is;
          return 'from' in condition && value >= String(condition.from) && value < String(condition.to);
        }),
      )
      .map((one, index) => ({ id: String(index), position: BigInt(index), document: one }));
    const rows = kept.slice(Number(after), Number(after) + 2);
    return Number(after) + 2 < kept.length ? { rows, next: String(Number(after) + 2) } : { rows };
  },
});

const year: Asked = { interval: 'day', from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const byCurrency = ['bucket', 'currency'] as const;

it('adds up what is not asked to be apart, and never two currencies', async () => {
  const documents = [
    document({ provider: null, kinds: { [kindOf('GB', null)]: tally({ created: 5 }) } }),
    document({
      kinds: {
        [kindOf('GB', 'card')]: tally(
          {
            confirmed: 4,
            attempted: 4,
            authorized: 3,
            succeeded: 3,
            capturedVolume: 1_100,
            surplusVolume: 100,
            captured: 4,
            refunded: 1,
            unknown: 2,
            resolved: 1,
          },
          [
            [slotOfLatency(100), 99],
            [slotOfLatency(4_000), 1],
          ],
        ),
        [kindOf('FR', 'card')]: tally({ attempted: 1, declined: 1, notSent: 1 }, [[slotOfDecline('lost_card'), 1]]),
      },
    }),
    document({ currency: 'EUR', kinds: { [kindOf(null, 'card')]: tally({ attempted: 1 }) } }),
  ];
  const rows = (await summed(stored(documents), year, byCurrency)).map(rowOf);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    ...{ currency: 'GBP', created: 5, attempted: 5, failed: 2, authorizationRate: 0.6, successRate: 0.75, conversionRate: 0.6, refundRate: 0.3333 },
    ...{ disputeRate: 0, averageTicket: 333, unresolved: 1, declines: { lost_card: 1 }, latency: { measured: 100 } },
  });
  expect(rows[0]?.latency.p50).toBeCloseTo(100, -1);
  expect(rows[0]?.latency.p99).toBeLessThan(110);
  expect(rows[1]).toMatchObject({
    ...{ currency: 'EUR', conversionRate: null, successRate: null, averageTicket: null, refundRate: null },
    latency: { measured: 0, p50: null, p95: null, p99: null },
  });
});

it('keeps apart what is asked for, by time or in total, and leaves out what is not', async () => {
  const kinds = Object.fromEntries(['GB', 'FR'].flatMap((country) => ['card', 'paypal'].map((method) => [kindOf(country, method), tally({ attempted: 1 })])));
  const documents = [
    ...['2026-01-02', '2026-01-01', '2025-12-31', '2027-01-01'].map((date) => document({ kinds }, `${date}T12:00:00.000Z`)),
    document({ kinds }, '2026-01-01T12:00:00.000Z', 'hour'),
    document({ kinds, provider: 'other' }),
  ];
  const byCountry = ['bucket', 'currency', 'country'] as const;
  const asked = { ...year, from: '2026-01-01T18:00:00Z', provider: 'sandbox', method: 'card' };
  const days = await summed(stored(documents), asked, byCountry);
  expect(days.map(rowOf).map(({ bucket, country, attempted }) => [bucket?.slice(8, 10), country, attempted])).toEqual([
    ['02', 'GB', 1],
    ['02', 'FR', 1],
    ['01', 'GB', 1],
    ['01', 'FR', 1],
  ]);
  expect(regrouped(days, ['currency', 'country']).map(rowOf)).toMatchObject([
    { country: 'GB', attempted: 2 },
    { country: 'FR', attempted: 2 },
  ]);
  expect((await summed(stored(documents), { ...asked, country: 'FR' }, byCurrency)).map(rowOf)).toMatchObject([{ attempted: 1 }, { attempted: 1 }]);
});
