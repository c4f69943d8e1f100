// The analytics route alone, over figures as ten million events leave them: two years by the hour, and ten by day and month.
import Fastify from 'fastify';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { bucketOf, type Interval, intervals, spanOf } from '../../projections/figures/buckets.ts';
import { kindKey } from '../../projections/figures/figures-document.ts';
import { type Additions, added, noCounts, type Tally } from '../../projections/figures/tally.ts';
import { type AnalyticsDocument, type PaymentFigures, paymentAnalytics } from '../../projections/payment/payment-analytics.ts';
import { declines, type FigureName, slotOf, slotOfLatency } from '../../projections/payment/payment-figures.ts';
import { type PaymentDocument, paymentDocuments } from '../../projections/payment/payments.ts';
import { analyticsQuery } from '../../query/payment/analytics-query.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 4 });
const store = openPostgresDocuments({ pool });
const analytics = await store.collection<AnalyticsDocument>('analytics', paymentAnalytics.indexes);
const list = await store.collection<PaymentDocument>('list', paymentDocuments.indexes, paymentDocuments.listedBy);

/** Where the years end. */
const now = new Date('2026-07-01T00:00:00.000Z');
const hourMs = 3_600_000;
const paymentsAnHour = 125;
const eventsAPayment = 4.6;
const countries = { DE: 'EUR', FR: 'EUR', GB: 'GBP', IE: 'EUR', US: 'USD', CA: 'USD' } as const;
const methods = { stripe: ['card', 'wallet'], paypal: ['paypal'], braintree: ['card'] } as const;

// The same figures in every run.
let seed = 1;
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};
const about = (mean: number): number => Math.floor(mean * (0.5 + random()) + random());

const figure = (name: FigureName, count: number): readonly [number, number] => [slotOf(name), count];

/** What so many payments of a kind come to: nine in ten are paid. */
const attempts = (payments: number): Tally => {
  if (payments === 0) return noCounts;
  const failed = about(payments * 0.1);
  const paid = Math.max(0, payments - failed);
  const times: Additions = Array.from({ length: Math.min(payments, 60) }, () => [slotOfLatency(80 + 900 * random() ** 4), payments / Math.min(payments, 60)]);
  const codes: Additions = Array.from({ length: failed }, () => [declines[Math.floor(random() ** 3 * declines.length)]?.[1] ?? 64, 1]);
  return added(noCounts, [
    ...[figure('confirmed', payments), figure('attempted', payments), figure('authorized', paid), figure('succeeded', paid), figure('declined', failed)],
    ...[figure('captured', paid), figure('capturedVolume', paid * 4_999), figure('refunded', about(paid * 0.03)), figure('refundedVolume', paid * 150)],
    ...[
      figure('disputed', about(paid * 0.004)),
      figure('disputedVolume', paid * 20),
      figure('unknown', about(paid * 0.01)),
      figure('resolved', about(paid * 0.01)),
    ],
    ...times.map(([slot, count]) => [slot, Math.round(count)] as const),
    ...codes,
  ]);
};

const documentsOf = (interval: Interval, at: string, payments: number): PaymentFigures[] => {
  const bucket = bucketOf(interval, at);
  const share = payments / 24;
  return [...new Set(Object.values(countries))].flatMap((currency) => {
    const there = Object.entries(countries).flatMap(([country, its]) => (its === currency ? [country] : []));
    const document = (provider: string | null, kinds: Record<string, Tally>): PaymentFigures[] => {
      const some = Object.entries(kinds).filter(([, tally]) => tally !== noCounts);
      return some.length > 0 ? [{ span: spanOf(interval, bucket), interval, bucket, provider, currency, kinds: Object.fromEntries(some) }] : [];
    };
    const created = Object.fromEntries(there.map((country) => [kindKey(country, null), added(noCounts, [figure('created', about(4 * share))])]));
    const tried = Object.entries(methods).flatMap(([provider, its]) =>
      document(provider, Object.fromEntries(there.flatMap((country) => its.map((method) => [kindKey(country, method), attempts(about(share))])))),
    );
    return [...document(null, created), ...tried];
  });
};

/** How many buckets of each there are, and how many hours one has. */
const spans = { hour: { steps: 2 * 8_760, hours: 1 }, day: { steps: 3_650, hours: 24 }, month: { steps: 120, hours: 730 } } as const;

const startOf = (interval: Interval, step: number): string =>
  new Date(interval === 'month' ? Date.UTC(2026, 6 - step) : now.getTime() - step * spans[interval].hours * hourMs).toISOString();

const fill = async (): Promise<{ documents: number; events: number }> => {
  let position = 0n;
  for (const interval of intervals) {
    let batch: { id: string; position: bigint; document: PaymentFigures }[] = [];
    for (let { steps: step } = spans[interval]; step > 0; step -= 1) {
      for (const document of documentsOf(interval, startOf(interval, step), paymentsAnHour * spans[interval].hours)) {
        position += 1n;
        batch.push({ id: JSON.stringify([interval, document.bucket, document.provider, document.currency]), position, document });
      }
      if (batch.length < 2_000 && step > 1) continue;
      await analytics.commit({ documents: batch, checkpoint: position });
      batch = [];
    }
  }
  await pool.query('analyze');
  return { documents: Number(position), events: spans.hour.steps * paymentsAnHour * eventsAPayment };
};

const app = Fastify();
// As the service answers.
app.setSerializerCompiler(() => JSON.stringify);
await app.register(analyticsQuery({ analytics: { find: analytics.find, reached: async () => true }, list, now: () => now }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });

const answers = { fill: async (_: null) => await fill(), url: async (_: null): Promise<string> => url };
export type AnalyticsServer = typeof answers;

serve(answers, async () => {
  await app.close();
  await pool.end();
});
