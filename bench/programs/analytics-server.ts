// The analytics route of the payment service alone, over figures as ten million events leave them.
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import type { Interval } from '../../projections/figures/buckets.ts';
import { emptyFigures, figuresId, kindKey } from '../../projections/figures/figures-document.ts';
import { type Additions, added, noCounts, type Tally } from '../../projections/figures/tally.ts';
import { type AnalyticsDocument, type PaymentFigures, paymentAnalytics } from '../../projections/payment/payment-analytics.ts';
import { declines, type FigureName, slotOf, slotOfLatency } from '../../projections/payment/payment-figures.ts';
import { type PaymentDocument, paymentDocuments } from '../../projections/payment/payments.ts';
import { analyticsQuery } from '../../query/payment/analytics-query.ts';
import { about, type FiguresAnswers, fill, hoursKept, listening, now, random } from '../harness/generated-figures.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 4 });
const store = openPostgresDocuments({ pool });
const analytics = await store.collection<AnalyticsDocument>('analytics', paymentAnalytics.indexes);
const list = await store.collection<PaymentDocument>('list', paymentDocuments.indexes, paymentDocuments.listedBy);

const paymentsAnHour = 125;
const eventsAPayment = 4.6;
const countries = { DE: 'EUR', FR: 'EUR', GB: 'GBP', IE: 'EUR', US: 'USD', CA: 'USD' } as const;
const methods = { stripe: ['card', 'wallet'], paypal: ['paypal'], braintree: ['card'] } as const;

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

const fieldsOf = ({ provider, currency }: Pick<PaymentFigures, 'provider' | 'currency'>) => ({ provider, currency });

const documentsOf = (interval: Interval, at: string, payments: number): PaymentFigures[] => {
  const share = payments / 24;
  return [...new Set(Object.values(countries))].flatMap((currency) => {
    const there = Object.entries(countries).flatMap(([country, its]) => (its === currency ? [country] : []));
    const document = (provider: string | null, kinds: Record<string, Tally>): PaymentFigures[] => {
      const some = Object.entries(kinds).filter(([, tally]) => tally !== noCounts);
      return some.length > 0 ? [{ ...emptyFigures(interval, at, { provider, currency }), kinds: Object.fromEntries(some) }] : [];
    };
    const created = Object.fromEntries(there.map((country) => [kindKey(country, null), added(noCounts, [figure('created', about(4 * share))])]));
    const tried = Object.entries(methods).flatMap(([provider, its]) =>
      document(provider, Object.fromEntries(there.flatMap((country) => its.map((method) => [kindKey(country, method), attempts(about(share))])))),
    );
    return [...document(null, created), ...tried];
  });
};

const app = await listening(analyticsQuery({ analytics: { find: analytics.find, reached: async () => true }, list, now: () => now }));

const answers: FiguresAnswers = {
  fill: async () => {
    const documents = await fill(analytics, (interval, at, hours) =>
      documentsOf(interval, at, paymentsAnHour * hours).map((document) => ({ id: figuresId(interval, at, fieldsOf(document)), document })),
    );
    await pool.query('analyze');
    return { documents, events: hoursKept * paymentsAnHour * eventsAPayment };
  },
  url: async () => app.url,
};

serve(answers, async () => {
  await app.close();
  await pool.end();
});
