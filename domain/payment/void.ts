import { accept, reject } from '../decider.ts';
import { sumOf } from '../money.ts';
import { ending } from './cancel.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { hasEnded, misfitOf, stepOf } from './operation.ts';
import { type CreatedPayment, capturableOf, isLive, type Void } from './state.ts';

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
      if (found.status === 'failed') {
        const misfit = misfitOf(payment, (as) => fits(as, found));
        if (misfit) return reject(misfit);
      }
      return accept<PaymentEvent>({ type: 'VoidSucceeded', data: { ...step.data, amount: released(payment, found), voidId } }, ...ending(payment, found));
    case 'pending':
      return accept({ type: 'VoidPending', data: { ...step.data, voidId } });
    case 'failed':
      // What has expired is over, whether or not the provider had anything left to release.
      return accept<PaymentEvent>({ type: 'VoidFailed', data: { ...step.data, voidId } }, ...(found.purpose === 'expired' ? ending(payment, found) : []));
    case 'unknown':
      return accept({ type: 'VoidUnknown', data: { ...step.data, voidId } });
    case 'reversed':
      // Nothing was moved that could come back.
      return reject('outcome_contradicts');
  }
};

/** A void called failed comes true later: it released what had not been captured by then, if anything was left. */
const fits = (payment: CreatedPayment, found: Void): boolean => {
  const captures = payment.captures.filter(({ attemptId }) => attemptId === found.attemptId);
  return heldNothing(payment, found) || (captures.every(hasEnded) && left(payment, found) > 0);
};

const released = (payment: CreatedPayment, found: Void): number =>
  found.status !== 'failed' || heldNothing(payment, found) ? found.amount : Math.min(found.amount, left(payment, found));

const left = (payment: CreatedPayment, { attemptId }: Void): number =>
  sumOf(payment.attempts.filter(({ id }) => id === attemptId).map((attempt) => ({ amount: capturableOf(payment, attempt) })));

/** What waits for the customer, has failed, or has expired is released without anything being taken. */
const heldNothing = ({ attempts }: CreatedPayment, { attemptId }: Void): boolean =>
  attempts.some((attempt) => attempt.id === attemptId && (attempt.status === 'requires_action' || attempt.expired || !isLive(attempt)));
