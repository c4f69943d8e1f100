import { expect, it } from 'vitest';
import { noFigures, type PaymentFigures } from '../../projections/payment/payment-analytics.ts';
import { rowsOf } from './figures.ts';

const document = (change: Partial<PaymentFigures>, figures: Partial<PaymentFigures['figures']>): PaymentFigures => ({
  interval: 'day',
  bucket: '2026-01-01T00:00:00.000Z',
  provider: 'sandbox',
  currency: 'GBP',
  country: 'GB',
  method: 'card',
  declines: {},
  ...change,
  figures: { ...noFigures, ...figures },
});

it('adds up what is not asked to be apart, and never two currencies', () => {
  const rows = rowsOf(
    [
      document({ provider: null, method: null }, { created: 4 }),
      document({}, { attempted: 4, authorized: 3, succeeded: 3, capturedVolume: 1_000, captured: 3, refunded: 1, unknown: 2, resolved: 1 }),
      document({ country: 'FR', declines: { lost_card: 1 } }, { attempted: 1, declined: 1 }),
      document({ currency: 'EUR' }, { attempted: 1 }),
    ],
    [],
  );
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({
    currency: 'GBP',
    created: 4,
    attempted: 5,
    authorizationRate: 0.6,
    successRate: 0.6,
    conversionRate: 0.75,
    refundRate: 0.3333,
    disputeRate: 0,
    averageTicket: 333,
    unresolved: 1,
    declines: { lost_card: 1 },
  });
  expect(rows[0]).toMatchObject({ currency: 'EUR', conversionRate: null, averageTicket: null, refundRate: null });
});

it('keeps apart what is asked for, by time or in total', () => {
  const days = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'].flatMap((bucket) =>
    ['GB', 'FR'].map((country) => document({ bucket, country, declines: { generic: 1 } }, { attempted: 1 })),
  );
  expect(rowsOf(days, ['country']).map(({ bucket, country }) => [bucket?.slice(8, 10), country])).toEqual([
    ['01', 'FR'],
    ['01', 'GB'],
    ['02', 'FR'],
    ['02', 'GB'],
  ]);
  expect(rowsOf(days, ['country'], { total: true })).toMatchObject([
    { bucket: null, country: 'FR', attempted: 2, declines: { generic: 2 } },
    { bucket: null, country: 'GB', attempted: 2 },
  ]);
});
