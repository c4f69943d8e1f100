import type { DisputeNotice } from '../../../domain/payment/outcome.ts';
import type { Notice, ProviderWebhooks } from '../provider.ts';
import { fromStripe } from './amounts.ts';
import type { Answer } from './calls.ts';
import type { Client } from './client.ts';
import { expand } from './find.ts';
import { everyOne, reasonOf } from './lists.ts';
import { attemptOutcome, captureMarks, captureOutcome, refundOutcome, timeOf } from './outcomes.ts';
import { type Dispute, disputeShape, eventShape, type Intent, intentShape, type Refund, refundShape, subjectShape } from './shapes.ts';

/** Seconds, before and after now: https://docs.stripe.com/webhooks#replay-attacks */
const tolerance = 300;

/** What is verified has a body of a few kilobytes; the reading of it asks Stripe for how things stand now. */
export const webhooksAt = (client: Client, secret: string): ProviderWebhooks => ({
  verify: async (body, headers) => {
    const header = headers['stripe-signature'];
    if (typeof header !== 'string') return { invalid: 'no stripe-signature header' };
    try {
      const event: unknown = client.stripe.webhooks.constructEvent(body, header, secret, tolerance);
      if (!eventShape.Check(event)) return { invalid: 'the body is not an event of Stripe' };
      const subject = event.data.object;
      return { eventId: event.id, kind: event.type, paymentId: subjectShape.Check(subject) ? (subject.metadata?.payment_id ?? null) : null };
    } catch {
      return { invalid: 'the signature is not that of this body, or not of the last 5 minutes' };
    }
  },
  read: (body) => newsOf(client, JSON.parse(body)),
});

/**
 * Stripe's events come in any order, and in the form of the API version that the endpoint was set up with. So only what they speak of is
 * taken from them, and how it stands is asked for.
 */
const newsOf = async (client: Client, event: unknown): Promise<readonly Notice[]> => {
  if (!eventShape.Check(event) || !subjectShape.Check(event.data.object)) return [];
  const { id, payment_intent: intent } = event.data.object;
  const { type } = event;
  if (type.startsWith('charge.dispute.')) return disputeNews(client, id);
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return refundNews(client, id);
  if (type === 'charge.refunded') return typeof intent === 'string' ? refundsNews(client, intent) : [];
  if (type.startsWith('charge.')) return typeof intent === 'string' ? intentNews(client, intent) : [];
  return type.startsWith('payment_intent.') && type !== 'payment_intent.created' ? intentNews(client, id) : [];
};

/** Undefined for what is not ours to know of; throws what is to be tried again. */
const answerOf = <T>(said: Answer<T>): T | undefined => {
  if (said.status === 'answered') return said.answer;
  if (said.status === 'refused' && said.code === 'resource_missing') return undefined;
  throw new Error(reasonOf(said));
};

const intentNews = async ({ ask }: Client, id: string): Promise<readonly Notice[]> => {
  const intent = answerOf(await ask(intentShape, (stripe) => stripe.paymentIntents.retrieve(id, { expand })));
  const { payment_id: paymentId, attempt_id: attemptId } = intent?.metadata ?? {};
  if (!intent || !paymentId || !attemptId) return [];
  const outcome = attemptOutcome(intent);
  const attempt: readonly Notice[] = outcome.status === 'unknown' ? [] : [{ about: 'attempt', paymentId, attemptId, outcome }];
  return [...attempt, ...captureNews(intent, paymentId)];
};

const captureNews = (intent: Intent, paymentId: string): readonly Notice[] =>
  captureMarks(intent).flatMap(({ reference }) => {
    const outcome = captureOutcome(intent, reference);
    return outcome.status === 'not_found' || outcome.status === 'unknown' ? [] : [{ about: 'capture', paymentId, operationId: reference, outcome }];
  });

const noticeOfRefund = (refund: Refund): readonly Notice[] => {
  const { payment_id: paymentId, refund_id: operationId } = refund.metadata ?? {};
  const outcome = refundOutcome(refund);
  return paymentId && operationId && outcome.status !== 'unknown' ? [{ about: 'refund', paymentId, operationId, outcome }] : [];
};

const refundNews = async ({ ask }: Client, id: string): Promise<readonly Notice[]> => {
  const refund = answerOf(await ask(refundShape, (stripe) => stripe.refunds.retrieve(id)));
  return refund ? noticeOfRefund(refund) : [];
};

const refundsNews = async (client: Client, intent: string): Promise<readonly Notice[]> => {
  const notices: Notice[] = [];
  for await (const refund of everyOne(client, (stripe, after) => stripe.refunds.list({ payment_intent: intent, limit: 100, ...after })))
    if (refundShape.Check(refund)) notices.push(...noticeOfRefund(refund));
  return notices;
};

// https://docs.stripe.com/disputes/how-disputes-work: an inquiry (`warning_…`) moves no money, and a dispute that was prevented took nothing.
const changes: Readonly<Record<string, DisputeNotice['change']>> = {
  needs_response: 'opened',
  under_review: 'opened',
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  appeal_needs_response: 'opened',
  appeal_under_review: 'opened',
  won: 'won',
  warning_closed: 'inquiry_closed',
  prevented: 'won',
  charge_refunded: 'won',
  lost: 'lost',
};

const disputeNews = async ({ ask }: Client, id: string): Promise<readonly Notice[]> => {
  const dispute = answerOf(await ask(disputeShape, (stripe) => stripe.disputes.retrieve(id, { expand: ['payment_intent'] })));
  const metadata = dispute && typeof dispute.payment_intent === 'object' ? dispute.payment_intent?.metadata : undefined;
  const { payment_id: paymentId, attempt_id: attemptId } = metadata ?? {};
  if (!dispute || !paymentId || !attemptId) return [];
  const notice = disputeNotice(dispute, attemptId);
  return notice ? [{ about: 'dispute', paymentId, notice }] : [];
};

const disputeNotice = ({ id, status, amount, currency, reason, evidence_details }: Dispute, attemptId: string): DisputeNotice | undefined => {
  const change = Object.hasOwn(changes, status) ? changes[status] : undefined;
  const money = fromStripe(amount, currency);
  const dueBy = evidence_details?.due_by;
  return change && money && { disputeId: id, attemptId, change, ...money, reason: reason ?? null, evidenceDueBy: dueBy ? timeOf(dueBy) : null };
};
