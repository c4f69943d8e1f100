import { Value } from 'typebox/value';
import type { Notice } from '../provider.ts';
import { type Access, fetchResource } from './access.ts';
import { Authorization, Capture, Order, Refund, unitOf } from './answers.ts';
import { disputeNotices } from './disputes.ts';
import { Dispute, eventIn } from './events.ts';
import { outcomeOfCapture, outcomeOfRefund, standingOfAuthorization, standingOfCapture } from './outcomes.ts';
import { belongingOf } from './references.ts';
import { resumeOrder } from './resume.ts';

type Read = (access: Access, id: string) => Promise<readonly Notice[]>;

/**
 * What a webhook means. It says only what has changed: how that stands is asked of PayPal, so that no order of webhooks can set anything
 * back. What isn't ours, or was done by hand at PayPal, is no news: reconciliation tells of it. Throws where PayPal can't be asked.
 */
export const readNews = async (access: Access, body: string): Promise<readonly Notice[]> => {
  const event = eventIn(body);
  if (!event) return [];
  if (event.event_type.startsWith('CUSTOMER.DISPUTE.')) return Value.Check(Dispute, event.resource) ? disputeNotices(access, event.resource) : [];
  const read = readers.find(([kind]) => kind.test(event.event_type))?.[1];
  return read && event.resource.id ? read(access, event.resource.id) : [];
};

/**
 * The payer has approved and may never come back to the shop, so that this is where their payment ends: it is taken here, as it would be
 * on their return, and once with it. A payment that was canceled has marked its order, which is then left alone.
 */
const approved: Read = async (access, id) => {
  const order = await fetchResource(access, Order, access.requests.getOrder(id));
  const owner = belongingOf(order && unitOf(order)?.custom_id);
  if (!order || !owner) return [];
  const { paymentId, attemptId } = owner;
  const outcome = await resumeOrder(access, order, { reference: attemptId, capture: order.intent !== 'AUTHORIZE' });
  const again = outcome.status === 'unknown' || (outcome.status === 'not_sent' && outcome.retriable);
  if (again) throw new Error(`an approved order is not paid yet: ${outcome.reason}`);
  return [{ about: 'attempt', paymentId, attemptId, outcome }];
};

const captured: Read = async (access, id) => {
  const capture = await fetchResource(access, Capture, access.requests.getCapture(id));
  const owner = belongingOf(capture?.custom_id);
  if (!capture || !owner) return [];
  const { paymentId, attemptId } = owner;
  const { order_id: orderId, authorization_id: authorizationId } = capture.supplementary_data?.related_ids ?? {};
  if (!authorizationId) {
    if (!orderId) throw new Error(`capture ${id} names no order`);
    return [{ about: 'attempt', paymentId, attemptId, outcome: standingOfCapture(capture, orderId) }];
  }
  const operationId = operationOf(capture, attemptId);
  return operationId ? [{ about: 'capture', paymentId, operationId, outcome: outcomeOfCapture(capture) }] : [];
};

const authorized: Read = async (access, id) => {
  const hold = await fetchResource(access, Authorization, access.requests.getAuthorization(id));
  const owner = belongingOf(hold?.custom_id);
  if (!hold || !owner) return [];
  const orderId = hold.supplementary_data?.related_ids?.order_id;
  if (!orderId) throw new Error(`authorization ${id} names no order`);
  return [{ about: 'attempt', paymentId: owner.paymentId, attemptId: owner.attemptId, outcome: standingOfAuthorization(hold, orderId) }];
};

const refunded: Read = async (access, id) => {
  const refund = await fetchResource(access, Refund, access.requests.getRefund(id));
  const owner = belongingOf(refund?.custom_id);
  const operationId = refund && owner && operationOf(refund, owner.attemptId);
  return operationId ? [{ about: 'refund', paymentId: owner.paymentId, operationId, outcome: outcomeOfRefund(refund) }] : [];
};

/** What was done by hand bears no reference, or that of the charge. */
const operationOf = ({ invoice_id: invoice }: Capture | Refund, attemptId: string): string | undefined => (invoice === attemptId ? undefined : invoice);

/** By event type. `PAYMENT.CAPTURE.REVERSED` is money taken back by a dispute, which tells of itself. */
const readers: readonly (readonly [RegExp, Read])[] = [
  [/^CHECKOUT\.ORDER\.APPROVED$/, approved],
  [/^PAYMENT\.CAPTURE\.(COMPLETED|DENIED|DECLINED|PENDING)$/, captured],
  [/^PAYMENT\.(CAPTURE\.REFUNDED|REFUND\..+)$/, refunded],
  [/^PAYMENT\.AUTHORIZATION\..+$/, authorized],
];
