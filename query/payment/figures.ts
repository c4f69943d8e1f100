import { declines, figureNames, latenciesFrom } from '../../projections/payment/payment-figures.ts';
import { countsJson, latencyJson, openRow, share } from '../figures/row-json.ts';
import type { Group, Sums } from '../figures/sums.ts';
import { countIn, type PaymentField } from './sums.ts';

export const dimensions = ['provider', 'country', 'method'] as const;
export type Dimension = (typeof dimensions)[number];

const headAndFigures = openRow(figureNames);

/** A row of the answer as JSON; what it holds is in analytics-schemas.ts. */
export const rowJson = (group: Pick<Group<PaymentField>, 'head' | 'sums'>, more: Readonly<Record<string, unknown>> = {}): string => {
  const { sums } = group;
  return `${headAndFigures(group, more)}${derivedJson(sums)},"latency":${latencyJson(sums, latenciesFrom)},"declines":${countsJson(declines, sums)}}`;
};

const derivedJson = (sums: Sums): string => {
  const [attempted, authorized, succeeded] = [countIn(sums, 'attempted'), countIn(sums, 'authorized'), countIn(sums, 'succeeded')];
  const captured = countIn(sums, 'capturedVolume') - countIn(sums, 'surplusVolume');
  return (
    `,"failed":${countIn(sums, 'declined') + countIn(sums, 'notSent')},"unresolved":${countIn(sums, 'unknown') - countIn(sums, 'resolved')}` +
    `,"authorizationRate":${share(authorized, attempted)},"successRate":${share(succeeded, countIn(sums, 'confirmed'))}` +
    `,"conversionRate":${share(succeeded, countIn(sums, 'created'))},"refundRate":${share(countIn(sums, 'refunded'), succeeded)}` +
    `,"disputeRate":${share(countIn(sums, 'disputed'), succeeded)},"averageTicket":${succeeded === 0 ? null : Math.round(captured / succeeded)}`
  );
};
