import { accept, reject } from '../decider.ts';
import { ending } from './cancel.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { misfitOf, stepOf } from './operation.ts';
import { type CreatedPayment, capturedOf, doubtsOf, factsOf, refundableOf, roomOf } from './state.ts';

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
