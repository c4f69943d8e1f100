import { Type } from 'typebox';
import { Currency } from '../../platform/http/schemas.ts';
import { figureNames } from '../../projections/payment/payment-figures.ts';
import { Bucket, FiguresAnswer, LatencyBody, NameOrNull, Ratio } from '../figures/schemas.ts';
import { dimensions } from './figures.ts';

const Count = Type.Integer();

const row = {
  bucket: Bucket,
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
  latency: LatencyBody('From the start of an attempt to the provider’s first answer'),
  declines: Type.Record(Type.String(), Count),
};

export const AnalyticsAnswer = FiguresAnswer(
  row,
  { ...row, stuck: Count },
  { stuck: Type.Integer({ description: 'Payments that a provider has left undecided for more than an hour' }) },
);
