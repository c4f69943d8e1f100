import { accept, reject } from '../decider.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { stepOf } from './operation.ts';
import { type Attempt, type CreatedPayment, capturableOf, capturedOf, currentAttempt, doubtsOf, factsOf, type Void } from './state.ts';

/** Cancels at once where nothing is at a provider; else voids what is there first. What was captured stays: that is for a refund. */
export const cancel = ({ voidId }: CommandOf<'Cancel'>, payment: CreatedPayment): PaymentDecision => {
  if (payment.canceledBy === voidId || payment.voids.some(({ id }) => id === voidId)) return accept();
  if (payment.canceledBy) return reject('payment_canceled');
  const attempt = currentAttempt(payment);
  switch (attempt?.status) {
    case undefined:
      return accept(canceled(payment, undefined, voidId));
    case 'started':
    case 'pending':
      return reject('payment_processing');
    case 'unknown':
      return reject('payment_in_doubt');
    case 'succeeded':
      return reject('payment_already_paid');
    case 'requires_action':
      return release(payment, attempt, attempt.amount, voidId);
    case 'authorized':
      return release(payment, attempt, capturableOf(payment, attempt), voidId);
  }
};

const release = (payment: CreatedPayment, attempt: Attempt, amount: number, voidId: string): PaymentDecision => {
  if (doubtsOf(payment, attempt.id)) return reject('payment_in_doubt');
  const underWay = [...payment.captures, ...payment.voids].some(
    (one) => one.attemptId === attempt.id && (one.status === 'started' || one.status === 'pending'),
  );
  if (underWay) return reject('payment_processing');
  if (amount === 0) return reject('payment_already_paid');
  return accept({ type: 'VoidStarted', data: { ...factsOf(payment, attempt, amount), voidId, purpose: 'requested' } });
};

export const recordVoid = ({ voidId, outcome }: CommandOf<'RecordVoid'>, payment: CreatedPayment): PaymentDecision => {
  const found = payment.voids.find(({ id }) => id === voidId);
  if (!found) return reject('void_not_found');
  const step = stepOf(payment, found, outcome);
  switch (step?.to) {
    case undefined:
      return accept();
    case 'contradiction':
      return reject('outcome_contradicts');
    case 'succeeded':
      if (found.status === 'failed' && !fits(payment, found)) return reject('outcome_contradicts');
      return accept({ type: 'VoidSucceeded', data: { ...step.data, voidId } }, ...ending(payment, found));
    case 'pending':
      return accept({ type: 'VoidPending', data: { ...step.data, voidId } });
    case 'failed':
      return accept({ type: 'VoidFailed', data: { ...step.data, voidId } });
    case 'unknown':
      return accept({ type: 'VoidUnknown', data: { ...step.data, voidId } });
  }
};

/** A void called failed comes true later: only if what it released was neither captured nor voided since. */
const fits = (payment: CreatedPayment, { attemptId, amount }: Void): boolean =>
  payment.attempts.some((attempt) => attempt.id === attemptId && (attempt.status === 'requires_action' || amount <= capturableOf(payment, attempt)));

/** The payment ends with its authorization, unless a part of it had been captured: then that stands. */
const ending = (payment: CreatedPayment, { id, purpose, attemptId }: Void): readonly PaymentEvent[] => {
  if (purpose === 'surplus' || payment.canceledBy || capturedOf(payment, attemptId) > 0) return [];
  return [canceled(payment, currentAttempt(payment), id)];
};

const canceled = ({ amount, currency, customer, provider }: CreatedPayment, attempt: Attempt | undefined, cancelId: string): PaymentEvent => ({
  type: 'PaymentCanceled',
  data: { cancelId, amount, currency, provider: attempt?.provider ?? provider, method: attempt?.method ?? null, country: customer?.country ?? null },
});
