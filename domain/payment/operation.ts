import { formatMoney } from '../money.ts';
import type { Facts, OperationStatus } from './events.ts';
import type { OperationOutcome } from './outcome.ts';
import { type Attempt, attemptOf, type CreatedPayment, factsOf } from './state.ts';

/** What each status may still become: never backward. A success after a failure corrects it; what was undone stays undone. */
const next: Record<OperationStatus, readonly OperationOutcome['status'][]> = {
  started: ['pending', 'unknown', 'succeeded', 'failed', 'not_sent', 'reversed'],
  unknown: ['pending', 'succeeded', 'failed', 'not_sent', 'reversed'],
  pending: ['succeeded', 'failed', 'reversed'],
  failed: ['succeeded', 'reversed'],
  succeeded: ['reversed'],
  reversed: [],
};

/**
 * Why a success that corrects a failure can't be: what was called failed left room for others. Where only those under way are in its
 * way, it may fit once they have ended; `as` is the payment without them.
 */
export const misfitOf = (payment: CreatedPayment, fits: (as: CreatedPayment) => boolean): 'outcome_too_early' | 'outcome_contradicts' | undefined => {
  if (fits(payment)) return undefined;
  const { captures, voids, refunds } = payment;
  const settled = { captures: captures.filter(hasEnded), voids: voids.filter(hasEnded), refunds: refunds.filter(hasEnded) };
  return fits({ ...payment, ...settled }) ? 'outcome_too_early' : 'outcome_contradicts';
};
export const hasEnded = ({ status }: { status: OperationStatus }): boolean => status === 'succeeded' || status === 'failed' || status === 'reversed';

type Operation = { id: string; attemptId: string; amount: number; status: OperationStatus };
type End = Facts & { attemptId: string; previously: OperationStatus };

/** How an operation goes on, with the facts that its event carries. */
export type Step =
  | { to: 'succeeded' | 'pending'; data: End & { providerReference: string } }
  | { to: 'failed'; data: End & { code: string; message: string } }
  | { to: 'unknown'; data: End & { reason: string } }
  | { to: 'reversed'; data: End & { providerReference: string; code: string; message: string } }
  | { to: 'contradiction' };

/** The step that the outcome asks for; undefined where it says nothing new. */
export const stepOf = (payment: CreatedPayment, operation: Operation, outcome: OperationOutcome): Step | undefined => {
  if (!next[operation.status].includes(outcome.status)) return undefined;
  const data = { ...factsOf(payment, attemptOfOperation(payment, operation), operation.amount), previously: operation.status };
  switch (outcome.status) {
    case 'succeeded':
      return outcome.amount === operation.amount && outcome.currency === payment.currency
        ? { to: 'succeeded', data: { ...data, providerReference: outcome.providerReference } }
        : disagreement(operation, outcome, data);
    case 'pending':
      return { to: 'pending', data: { ...data, providerReference: outcome.providerReference } };
    case 'failed':
      return { to: 'failed', data: { ...data, code: outcome.code, message: outcome.message } };
    case 'not_sent':
      return { to: 'failed', data: { ...data, code: 'not_sent', message: outcome.reason } };
    case 'unknown':
      return { to: 'unknown', data: { ...data, reason: outcome.reason } };
    case 'reversed': {
      const { providerReference, code, message } = outcome;
      return { to: 'reversed', data: { ...data, providerReference, code, message } };
    }
  }
};

/** Another sum than was asked for is no success: in doubt, until people have looked. */
const disagreement = ({ amount, status }: Operation, outcome: { amount: number; currency: string }, data: End): Step | undefined => {
  if (status === 'unknown') return undefined;
  if (status === 'failed') return { to: 'contradiction' };
  return { to: 'unknown', data: { ...data, reason: `the provider speaks of ${formatMoney(outcome)}, ${formatMoney({ ...data, amount })} were asked for` } };
};

const attemptOfOperation = (payment: CreatedPayment, { attemptId, id }: Operation): Attempt => {
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) throw new Error(`${id} belongs to attempt ${attemptId}, which was never started`);
  return attempt;
};
