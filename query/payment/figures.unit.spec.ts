import { expect, it } from 'vitest';
import { kindKey } from '../../projections/figures/figures-document.ts';
import { type Additions, added, noCounts } from '../../projections/figures/tally.ts';
import type { PaymentFigures } from '../../projections/payment/payment-analytics.ts';
import { type FigureName, slotOf, slotOfDecline, slotOfLatency } from '../../projections/payment/payment-figures.ts';
import { memoryFigures } from '../../test/support/memory-figures.ts';
import { summed } from '../figures/sums.ts';
import { rowJson } from './figures.ts';
import { sourceOf } from './sums.ts';

const tally = (counts: Partial<Record<FigureName, number>>, more: Additions = []) =>
  added(noCounts, [...Object.entries(counts).map(([name, count]) => [slotOf(name as FigureName), count] as const), ...more]);

const bucket = '2026-01-01T00:00:00.000Z';
const document = (change: Partial<PaymentFigures>): PaymentFigures => ({
  ...{ span: `day ${bucket}`, interval: 'day', bucket, provider: 'sandbox', currency: 'GBP', kinds: {} },
  ...change,
});

it('has rates and latencies of what was added up, and never two currencies in one', async () => {
  const charges = { confirmed: 4, attempted: 4, authorized: 3, succeeded: 3, capturedVolume: 1_100, surplusVolume: 100, captured: 4 };
  const documents = [
    document({ provider: null, kinds: { [kindKey('GB', null)]: tally({ created: 5 }) } }),
    document({
      kinds: {
        [kindKey('GB', 'card')]: tally({ ...charges, refunded: 1, unknown: 2, resolved: 1 }, [
          [slotOfLatency(100), 99],
          [slotOfLatency(4_000), 1],
        ]),
        [kindKey('FR', 'card')]: tally({ attempted: 1, declined: 1, notSent: 1 }, [[slotOfDecline('lost_card'), 1]]),
      },
    }),
    document({ currency: 'EUR', kinds: { [kindKey(null, 'card')]: tally({ attempted: 1 }) } }),
  ];
  const asked = { interval: 'day' as const, from: bucket, to: '2026-01-02T00:00:00.000Z', filters: {} };
  const [eur, gbp] = (await summed(sourceOf(memoryFigures(documents)), [asked], ['bucket', 'currency'])).map((group) => JSON.parse(rowJson(group)));
  expect(gbp).toMatchObject({
    ...{ bucket, currency: 'GBP', created: 5, attempted: 5, failed: 2, authorizationRate: 0.6, successRate: 0.75, conversionRate: 0.6, refundRate: 0.3333 },
    ...{ disputeRate: 0, averageTicket: 333, unresolved: 1, declines: { lost_card: 1 }, latency: { measured: 100 } },
  });
  expect(gbp.latency.p50).toBeCloseTo(100, -1);
  expect(gbp.latency.p99).toBeLessThan(110);
  expect(eur).toMatchObject({
    ...{ currency: 'EUR', conversionRate: null, successRate: null, averageTicket: null, refundRate: null },
    latency: { measured: 0, p50: null, p95: null, p99: null },
  });
});
