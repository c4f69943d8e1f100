import {
  type DeliveryFigure,
  deliveringFrom,
  deliveringUnitMs,
  deliveryFigures,
  sendingFrom,
  slotOf,
  suppressReasons,
} from '../../projections/notification/delivery-figures.ts';
import { countsJson, latencyJson, openRow, share } from '../figures/row-json.ts';
import type { Group, Sums } from '../figures/sums.ts';
import type { NotificationField } from './figures-source.ts';

export const dimensions = ['channel', 'template', 'category', 'provider', 'experiment', 'variant'] as const satisfies readonly NotificationField[];

const headAndFigures = openRow(deliveryFigures);

/** A row of the answer as JSON; what it holds is in notification-analytics-schemas.ts. */
export const rowJson = (group: Pick<Group<NotificationField>, 'head' | 'sums'>, more: Readonly<Record<string, unknown>> = {}): string => {
  const { sums } = group;
  const latency = `{"sent":${latencyJson(sums, sendingFrom)},"delivered":${latencyJson(sums, deliveringFrom, deliveringUnitMs)}}`;
  return `${headAndFigures(group, more)}${ratesJson(sums)},"suppressions":${countsJson(suppressReasons, sums)},"latency":${latency}}`;
};

/** Receipts don't come from everywhere, so what arrived is what was sent and did not come back. */
const ratesJson = (sums: Sums): string => {
  const count = (figure: DeliveryFigure): number => sums[slotOf(figure)] ?? 0;
  const [sent, arrived, opened] = [count('sent'), count('sent') - count('bounced'), count('opened')];
  return (
    `,"deliveryRate":${share(count('delivered'), sent)},"bounceRate":${share(count('bounced'), sent)}` +
    `,"failureRate":${share(count('failed'), sent + count('failed'))},"suppressionRate":${share(count('suppressed'), count('requested'))}` +
    `,"openRate":${share(opened, arrived)},"clickRate":${share(count('clicked'), arrived)},"clickToOpenRate":${share(count('clicked'), opened)}` +
    `,"complaintRate":${share(count('complained'), arrived)},"unsubscribeRate":${share(count('unsubscribed'), arrived)}`
  );
};
