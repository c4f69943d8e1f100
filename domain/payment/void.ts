import { accept, reject } from '../decider.ts';
import { ending } from './cancel.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { misfitOf, stepOf } from './operation.ts';
import { type Attempt, type CreatedPayment, capturableOf, isLive, type Void } from './state.ts';

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
      return accept<PaymentEvent>({ type: 'VoidSucceeded', data: { ...step.data, voidId } }, ...ending(payment, found));
    case 'pending':
      return accept({ type: 'VoidPending', data: { ...step.data, voidId } });
    case 'failed':
      // What has expired is over, whether or not the provider had anything left to release.
      return accept<PaymentEvent>({ type: 'VoidFailed', data: { ...step.data, voidId } }, ...(found.purpose === 'expired' ? ending(payment, found) : []));
    case 'unknown':
      return accept({ type: 'VoidUnknown', data: { ...step.data, voidId } });
  }
};

/** A void called failed comes true later: only if what it released was neither captured nor voided since. */
const fits = (payment: CreatedPayment, { attemptId, amount }: Void): boolean =>
  payment.attempts.some((attempt) => attempt.id === attemptId && (heldNothing(attempt) || amount <= capturableOf(payment, attempt)));

/** What waits for the customer, has failed, or has expired is released without anything being taken. */
const heldNothing = (attempt: Attempt): boolean => attempt.status === 'requires_action' || attempt.expired || !isLive(attempt);
