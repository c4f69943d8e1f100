import { fromPayPal } from './amounts.ts';
import type { Capture, Refund } from './answers.ts';

/** PayPal names the capture of a refund by a link only. */
const captureOf = ({ links = [] }: Refund): string | undefined =>
  links.map(({ rel, href }) => (rel === 'up' ? /\/captures\/([^/?]+)$/.exec(href)?.[1] : undefined)).find((id) => id !== undefined);

/** What a capture has left. Refunds under way count as made. Minor units. */
const leftOf = ({ id, amount }: Capture, refunds: readonly Refund[]): number =>
  refunds
    .filter((refund) => captureOf(refund) === id && refund.status !== 'FAILED' && refund.status !== 'CANCELLED')
    .reduce((left, refund) => left - (fromPayPal(refund.amount)?.amount ?? 0), fromPayPal(amount)?.amount ?? 0);

type Chosen = { id: string } | { failed: string; message: string };

/**
 * The capture to refund from: the smallest that has `amount` left, so that large refunds stay possible. PayPal refunds from one capture
 * at a time, and a refund that succeeded by half would be neither success nor failure: what takes several has to be asked for in parts.
 */
export const captureToRefund = (captures: readonly Capture[], refunds: readonly Refund[], amount: number): Chosen => {
  const left = captures
    .filter(({ status }) => status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED')
    .map((capture) => ({ id: capture.id, left: leftOf(capture, refunds) }))
    .toSorted((one, other) => one.left - other.left || (one.id < other.id ? -1 : 1));
  const chosen = left.find((one) => one.left >= amount);
  if (chosen) return { id: chosen.id };
  if (left.length === 0) return { failed: 'not_captured', message: 'there is no capture that could be refunded' };
  const [most, sum] = [left.at(-1)?.left ?? 0, left.reduce((total, one) => total + one.left, 0)];
  return sum >= amount
    ? { failed: 'refund_spans_captures', message: `no single capture has that much left: at most ${most} minor units can be refunded at once` }
    : { failed: 'refund_amount_exceeded', message: 'more than is left of what was captured' };
};
