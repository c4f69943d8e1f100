import { Type } from 'typebox';
import { Currency, Instant } from '../../platform/http/schemas.ts';
import { intervals } from '../../projections/figures/buckets.ts';
import { figureNames } from '../../projections/payment/payment-figures.ts';
import { dimensions } from './figures.ts';

const Ratio = (description: string) => Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });
const Milliseconds = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const NameOrNull = Type.Union([Type.String(), Type.Null()]);
const Count = Type.Integer();
const Latency = Type.Object(
  { measured: Count, p50: Milliseconds, p95: Milliseconds, p99: Milliseconds },
  { description: 'From the start of an attempt to the provider’s first answer, in milliseconds, at most 5 % off; null where nothing was measured' },
);

const row = {
  bucket: Type.Union([Instant, Type.Null()], { description: 'Its start, UTC; null in `totals`' }),
  currency: Currency,
  ...Object.fromEntries(dimensions.map((dimension) => [dimension, Type.Optional(NameOrNull)])),
  ...Object.fromEntries(figureNames.map((name) => [name, Count])),
  failed: Type.Integer({ description: 'Attempts that came to nothing: declined, or never sent' }),
  unresolved: Type.Integer({ description: 'Still unknown, of what became so in this time' }),
  authorizationRate: Ratio('Authorized of attempted'),
  successRate: Ratio('Paid of those that were to be paid'),
  conversionRate: Ratio('Paid of created'),
  refundRate: Ratio('Refunds, of payments paid'),
  disputeRate: Ratio('Disputes, of payments paid'),
  averageTicket: Ratio('Minor units captured for each payment that was paid, without surplus'),
  latency: Latency,
  declines: Type.Record(Type.String(), Count),
};

export const AnalyticsAnswer = Type.Object({
  from: Instant,
  to: Instant,
  interval: Type.Enum([...intervals]),
  data: Type.Array(Type.Object(row)),
  totals: Type.Array(Type.Object({ ...row, stuck: Count }), { description: 'Over the whole time; with the first page, as far as they fit' }),
  stuck: Type.Integer({ description: 'Payments that a provider has left undecided for more than an hour' }),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});
