import { type AnalyticsDocument, paymentLayout } from '../../projections/payment/payment-analytics.ts';
import { type FigureName, slotOf } from '../../projections/payment/payment-figures.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import type { Source, Sums } from '../figures/sums.ts';

export type Analytics = Pick<ReadModel<AnalyticsDocument>, 'find'>;

type InDocument = (typeof paymentLayout.inDocument)[number];
type InKind = (typeof paymentLayout.inKind)[number];
/** What payments are told apart by. */
export type PaymentField = InDocument | InKind;

export const sourceOf = (analytics: Analytics): Source<InDocument, InKind> => ({ reader: analytics, layout: paymentLayout });

export const countIn = (sums: Sums, name: FigureName): number => sums[slotOf(name)] ?? 0;
