import { accept, reject } from '../decider.ts';
import { ending } from './cancel.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent, PaymentEventOf } from './events.ts';
import { hasEnded, misfitOf, stepOf } from './operation.ts';
import type { DisputeNotice } from './outcome.ts';
import { attemptOf, type CreatedPayment, capturedOf, type Dispute, doubtsOf, factsOf, onceCapturedOf, refundableOf, roomOf } from './state.ts';

/** Starts a refund of what one attempt captured. Refunds under way and open disputes count as made; anything in doubt blocks. */
export const refund = ({ refundId, amount, reason }: CommandOf<'Refund'>, payment: CreatedPayment): PaymentDecision => {
  if (payment.refunds.some(({ id }) => id === refundId)) return accept();
  const captured = payment.attempts.filter(({ id }) => capturedOf(payment, id) > 0);
  if (captured.length === 0) return reject('payment_not_refundable');
  if (payment.attempts.some(({ id }) => doubtsOf(payment, id))) return reject('payment_in_doubt');
  const attempt = captured.find(({ id }) => refundableOf(payment, id) >= (amount ?? 1));
  if (!attempt) return reject('refund_exceeds_captured');
  return accept({
    type: 'RefundStarted',
    data: { ...factsOf(payment, attempt, amount ?? refundableOf(payment, attempt.id)), refundId, reason, purpose: 'requested' },
  });
};

export const recordRefund = ({ refundId, outcome }: CommandOf<'RecordRefund'>, payment: CreatedPayment): PaymentDecision => {
  const found = payment.refunds.find(({ id }) => id === refundId);
  if (!found) return reject('refund_not_found');
  const step = stepOf(payment, found, outcome);
  switch (step?.to) {
    case undefined:
      return accept();
    case 'contradiction':
      return reject('outcome_contradicts');
    case 'succeeded':
      if (found.status === 'failed') {
        const misfit = misfitOf(payment, (as) => found.amount <= roomOf(as, found.attemptId));
        if (misfit) return reject(misfit);
      }
      return accept<PaymentEvent>({ type: 'RefundSucceeded', data: { ...step.data, refundId } }, ...ending(payment, found));
    case 'pending':
      return accept({ type: 'RefundPending', data: { ...step.data, refundId } });
    case 'failed':
      return accept({ type: 'RefundFailed', data: { ...step.data, refundId } });
    case 'unknown':
      return accept({ type: 'RefundUnknown', data: { ...step.data, refundId } });
    case 'reversed':
      return accept<PaymentEvent>({ type: 'RefundReversed', data: { ...step.data, refundId } }, ...ending(payment, found));
  }
};

/** Notices come in any order: an end that comes first opens the dispute too. Won and lost are final, whichever came first. */
export const recordDispute = ({ notice }: CommandOf<'RecordDispute'>, payment: CreatedPayment): PaymentDecision => {
  const { disputeId, attemptId, amount, currency, change, reason, evidenceDueBy } = notice;
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject('attempt_not_found');
  const dispute = payment.disputes.find(({ id }) => id === disputeId);
  const facts = { ...factsOf(payment, attempt, dispute?.amount ?? amount), disputeId };
  const end = change === 'opened' ? [] : [{ type: change === 'won' ? ('DisputeWon' as const) : ('DisputeLost' as const), data: facts }];
  if (dispute) return dispute.status === 'open' ? accept<PaymentEvent>(...due(facts, dispute, notice), ...end) : accept();
  if (onceCapturedOf(payment, attemptId) === 0) return reject('dispute_before_capture');
  if (currency !== payment.currency || amount > roomOf(atBest(payment), attemptId)) return reject('dispute_exceeds_captured');
  if (amount > roomOf(payment, attemptId)) return reject('outcome_too_early');
  return accept<PaymentEvent>({ type: 'DisputeOpened', data: { ...facts, reason, evidenceDueBy } }, ...end);
};

/** As it would be if the captures under way are made and the refunds under way fail, because the bank was faster. */
const atBest = (payment: CreatedPayment): CreatedPayment => ({
  ...payment,
  captures: payment.captures.map((one) => (hasEnded(one) ? one : { ...one, status: 'succeeded' })),
  refunds: payment.refunds.filter(hasEnded),
});

/** The latest day counts, whatever order the notices come in. */
const due = (
  facts: Omit<PaymentEventOf<'DisputeEvidenceDue'>['data'], 'evidenceDueBy'>,
  known: Dispute,
  { change, evidenceDueBy }: DisputeNotice,
): readonly PaymentEvent[] => {
  const later = evidenceDueBy !== null && (known.evidenceDueBy === null || Date.parse(evidenceDueBy) > Date.parse(known.evidenceDueBy));
  return change === 'opened' && later ? [{ type: 'DisputeEvidenceDue', data: { ...facts, evidenceDueBy } }] : [];
};
