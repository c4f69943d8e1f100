import { accept, reject } from '../decider.ts';
import { sumOf } from '../money.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { isOver } from './expiry.ts';
import { misfitOf, stepOf } from './operation.ts';
import { amountCaptured, attemptOf, type Capture, type CreatedPayment, capturableOf, currentAttempt, doubtsOf, factsOf, underWay } from './state.ts';

/** Starts a capture of an authorization, of all that is left or a part. Captures under way count as made; one in doubt blocks. The final one comes alone. */
export const capture = ({ captureId, amount, final, at }: CommandOf<'Capture'>, payment: CreatedPayment): PaymentDecision => {
  if (payment.captures.some(({ id }) => id === captureId)) return accept();
  if (payment.canceledBy) return reject('payment_canceled');
  const attempt = currentAttempt(payment);
  if (attempt?.status !== 'authorized') return reject('payment_not_capturable');
  if (doubtsOf(payment, attempt.id)) return reject('payment_in_doubt');
  const capturable = capturableOf(payment, attempt);
  if (attempt.expired) return reject('authorization_expired');
  if (capturable === 0) return reject('payment_not_capturable');
  if (isOver(attempt.expiresAt, at)) return reject('authorization_expired');
  if ((amount ?? capturable) > capturable) return reject('capture_exceeds_authorized');
  if (final && underWay(payment, attempt.id)) return reject('payment_processing');
  return accept({ type: 'CaptureStarted', data: { ...factsOf(payment, attempt, amount ?? capturable), captureId, ...(final && { final }) } });
};

export const recordCapture = ({ captureId, outcome, reversalId }: CommandOf<'RecordCapture'>, payment: CreatedPayment): PaymentDecision => {
  const capture = payment.captures.find(({ id }) => id === captureId);
  if (!capture) return reject('capture_not_found');
  const step = stepOf(payment, capture, outcome);
  const corrects = capture.status === 'failed' && (step?.to === 'succeeded' || step?.to === 'reversed');
  const misfit = corrects ? misfitOf(payment, (as) => fits(as, capture)) : undefined;
  if (misfit) return reject(misfit);
  switch (step?.to) {
    case undefined:
      return accept();
    case 'contradiction':
      return reject('outcome_contradicts');
    case 'succeeded':
      return accept<PaymentEvent>(
        { type: 'CaptureSucceeded', data: { ...step.data, captureId, capturedBefore: amountCaptured(payment) } },
        ...givenBack(payment, capture, reversalId),
      );
    case 'pending':
      return accept({ type: 'CapturePending', data: { ...step.data, captureId } });
    case 'failed':
      return accept({ type: 'CaptureFailed', data: { ...step.data, captureId } });
    case 'unknown':
      return accept({ type: 'CaptureUnknown', data: { ...step.data, captureId } });
    case 'reversed':
      return accept({ type: 'CaptureReversed', data: { ...step.data, captureId } });
  }
};

/**
 * A capture called failed comes true later: within what was authorized and not captured otherwise. What was released since doesn't matter:
 * the money was taken before that.
 */
const fits = (payment: CreatedPayment, { attemptId, amount }: Capture): boolean => {
  const others = payment.captures.filter((one) => one.attemptId === attemptId && one.status !== 'failed');
  return payment.attempts.some((attempt) => attempt.id === attemptId && sumOf(others) + amount <= attempt.amount);
};

/** A canceled payment keeps nothing; nor does one that is being paid otherwise, since all that was captured of this attempt had been undone. */
const givenBack = (payment: CreatedPayment, { attemptId, amount }: Capture, refundId: string): readonly PaymentEvent[] => {
  const current = currentAttempt(payment);
  const unwanted = payment.canceledBy !== null || (current !== undefined && current.id !== attemptId);
  const attempt = unwanted ? attemptOf(payment, attemptId) : undefined;
  return attempt ? [{ type: 'RefundStarted', data: { ...factsOf(payment, attempt, amount), refundId, reason: 'surplus', purpose: 'surplus' } }] : [];
};
