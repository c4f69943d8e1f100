import { accept, reject } from '../decider.ts';
import { sumOf } from '../money.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent, PaymentEventOf } from './events.ts';
import { closed } from './review.ts';
import {
  type Attempt,
  type CreatedPayment,
  capturableOf,
  currentAttempt,
  doubtsOf,
  factsOf,
  onceCapturedOf,
  type Refund,
  refundableOf,
  underWay,
  type Void,
  wasDone,
} from './state.ts';

type Ids = Pick<CommandOf<'Cancel'>, 'voidId' | 'refundId'>;

/** Cancels at once where nothing is at a provider; else voids what is there first. What was captured stays, unless its refund is asked for too. */
export const cancel = ({ voidId, refundId }: CommandOf<'Cancel'>, payment: CreatedPayment): PaymentDecision => {
  const ids = { voidId, refundId };
  if (wasAsked(payment, ids)) return accept();
  if (payment.canceledBy) return reject('payment_canceled');
  const attempt = currentAttempt(payment);
  switch (attempt?.status) {
    case undefined:
      return accept<PaymentEvent>(...closed(payment, 'canceled'), canceled(payment, undefined, voidId));
    case 'started':
    case 'pending':
      return reject('payment_processing');
    case 'unknown':
      return reject('payment_in_doubt');
    case 'succeeded':
      return release(payment, attempt, 0, ids);
    case 'requires_action':
      return attempt.resuming ? reject('payment_processing') : release(payment, attempt, attempt.amount, ids);
    case 'authorized':
      return release(payment, attempt, capturableOf(payment, attempt), ids);
  }
};

const wasAsked = ({ canceledBy, voids, refunds }: CreatedPayment, { voidId, refundId }: Ids): boolean =>
  canceledBy === voidId || voids.some(({ id }) => id === voidId) || refunds.some(({ id }) => id === refundId);

/** `held`: what can be voided. */
const release = (payment: CreatedPayment, attempt: Attempt, held: number, { voidId, refundId }: Ids): PaymentDecision => {
  if (doubtsOf(payment, attempt.id)) return reject('payment_in_doubt');
  if (underWay(payment, attempt.id)) return reject('payment_processing');
  const kept = refundId === null ? 0 : refundableOf(payment, attempt.id);
  if (held + kept === 0) return reject(refundId === null ? 'payment_already_paid' : 'payment_not_refundable');
  return accept<PaymentEvent>(
    ...(held > 0 ? [{ type: 'VoidStarted' as const, data: { ...factsOf(payment, attempt, held), voidId, purpose: 'requested' as const } }] : []),
    ...(refundId !== null && kept > 0 ? [givenBack(payment, attempt, kept, refundId)] : []),
  );
};

const givenBack = (payment: CreatedPayment, attempt: Attempt, amount: number, refundId: string): PaymentEvent => ({
  type: 'RefundStarted',
  data: { ...factsOf(payment, attempt, amount), refundId, reason: 'canceled', purpose: 'canceled' },
});

/**
 * Whether the payment ends with this void or refund, taken as done: when nothing is held any more, and nothing was captured, or all of it
 * has been given back because it is canceled. Not where it rests on another attempt, or where it was told that it had failed and went on.
 */
export const ending = (payment: CreatedPayment, { id, purpose, attemptId, status }: Void | Refund): readonly PaymentEvent[] => {
  const current = currentAttempt(payment);
  const wentOn = current ? current.id !== attemptId : status === 'failed';
  if (purpose === 'surplus' || payment.canceledBy || wentOn) return [];
  const after = { ...payment, voids: taken(payment.voids, id), refunds: taken(payment.refunds, id) };
  return holdsNothing(after, attemptId) ? [canceled(payment, current, id)] : [];
};

const taken = <T extends Void | Refund>(operations: readonly T[], done: string): readonly T[] =>
  operations.map((one) => (one.id === done ? { ...one, status: 'succeeded' } : one));

const holdsNothing = (payment: CreatedPayment, attemptId: string): boolean => {
  // What was undone since counts as done, so that it makes no difference which is heard of first.
  const captured = onceCapturedOf(payment, attemptId);
  const refunds = payment.refunds.filter((refund) => refund.attemptId === attemptId && wasDone(refund));
  const released = payment.attempts.every((attempt) => attempt.id !== attemptId || capturableOf(payment, attempt) === 0);
  const givenUp = captured === 0 || (sumOf(refunds) === captured && refunds.some(({ purpose }) => purpose === 'canceled'));
  return released && givenUp && !underWay(payment, attemptId) && !doubtsOf(payment, attemptId);
};

const canceled = (
  { amount, currency, customer, provider }: CreatedPayment,
  attempt: Attempt | undefined,
  cancelId: string,
): PaymentEventOf<'PaymentCanceled'> => ({
  type: 'PaymentCanceled',
  data: { cancelId, amount, currency, provider: attempt?.provider ?? provider, method: attempt?.method ?? null, country: customer?.country ?? null },
});
