import { declines, figureNames, latenciesFrom } from '../../projections/payment/payment-figures.ts';
import { latencyJson, share } from '../figures/derived.ts';
import type { Group, Sums } from '../figures/sums.ts';
import { countIn, type PaymentField } from './sums.ts';

export const dimensions = ['provider', 'country', 'method'] as const;
export type Dimension = (typeof dimensions)[number];

const figureKeys: readonly string[] = figureNames.map((name) => `,"${name}":`);

/**
 * A row of the answer as JSON, written at once: thousands of them as objects would take longer than to read and add them up. What it holds
 * is in analytics-schemas.ts.
 */
export const rowJson = ({ head, sums }: Pick<Group<PaymentField>, 'head' | 'sums'>, more: Readonly<Record<string, unknown>> = {}): string => {
  let json = JSON.stringify({ ...more, ...head }).slice(0, -1);
  // Its place in the list is a figure's slot.
  for (let slot = 0; slot < figureKeys.length; slot += 1) json += `${figureKeys[slot]}${sums[slot]}`;
  return `${json}${derivedJson(sums)},"latency":${latencyJson(sums, latenciesFrom)},"declines":${declinesJson(sums)}}`;
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

const declinesJson = (sums: Sums): string => {
  let json = '';
  for (const [code, slot] of declines) if (sums[slot]) json += `${json && ','}"${code}":${sums[slot]}`;
  return `{${json}}`;
};
