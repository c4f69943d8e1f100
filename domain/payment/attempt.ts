import { accept, reject } from '../decider.ts';
import { formatMoney } from '../money.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { AttemptStatus, PaymentEvent } from './events.ts';
import { failover } from './failover.ts';
import { type AttemptOutcome, declineKinds } from './outcome.ts';
import { closed } from './review.ts';
import { type Attempt, attemptOf, type CreatedPayment, currentAttempt, factsOf, isLive } from './state.ts';

type Answer = AttemptOutcome['status'];

/**
 * What each status may still become: never backward, so that answers and webhooks may come late, twice and in any order. A success
 * after a failure corrects it; what was undone stays undone.
 */
const next: Record<AttemptStatus, readonly Answer[]> = {
  started: ['requires_action', 'pending', 'unknown', 'authorized', 'captured', 'declined', 'not_sent', 'reversed'],
  unknown: ['requires_action', 'pending', 'authorized', 'captured', 'declined', 'not_sent', 'reversed'],
  requires_action: ['pending', 'authorized', 'captured', 'declined', 'reversed'],
  pending: ['authorized', 'captured', 'declined', 'reversed'],
  authorized: ['captured', 'reversed'],
  declined: ['authorized', 'captured', 'reversed'],
  not_sent: ['authorized', 'captured', 'reversed'],
  succeeded: ['reversed'],
  reversed: [],
};

/** What only the answer of the resume that is under way can say, and no webhook that was sent before it: that nothing has changed, or that nobody knows. */
const unchanged: readonly Answer[] = ['requires_action', 'unknown', 'not_sent'];

const possible = ({ status, resuming, resumes }: Attempt, { resumeId }: CommandOf<'RecordAttempt'>): readonly Answer[] =>
  resuming && resumeId === resumes.at(-1) ? [...next[status], ...unchanged] : next[status];

export const recordAttempt = (command: CommandOf<'RecordAttempt'>, payment: CreatedPayment): PaymentDecision => {
  const { attemptId, outcome, reversalId, nextAttemptId, resumeId } = command;
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject('attempt_not_found');
  if (!possible(attempt, command).includes(outcome.status)) return accept();
  const facts = { ...factsOf(payment, attempt), previously: attempt.status };
  switch (outcome.status) {
    case 'authorized':
    case 'captured':
      return succeed(payment, attempt, outcome, reversalId);
    case 'requires_action':
      return accept({ type: 'AttemptActionRequired', data: { ...facts, providerReference: outcome.providerReference, action: outcome.action } });
    case 'pending':
      return accept({ type: 'AttemptPending', data: { ...facts, providerReference: outcome.providerReference } });
    case 'declined': {
      const { code, providerCode, message, providerReference } = outcome;
      return accept<PaymentEvent>(
        { type: 'AttemptDeclined', data: { ...facts, code, kind: declineKinds[code], providerCode, message, providerReference } },
        ...failover(payment, attempt, outcome, nextAttemptId),
      );
    }
    case 'not_sent':
      if (attempt.resuming && resumeId !== null) return accept({ type: 'ResumeNotSent', data: { ...facts, resumeId, reason: outcome.reason } });
      return accept<PaymentEvent>(
        { type: 'AttemptNotSent', data: { ...facts, reason: outcome.reason } },
        ...failover(payment, attempt, outcome, nextAttemptId),
      );
    case 'unknown': {
      const { reason, providerReference } = outcome;
      return accept({ type: 'AttemptUnknown', data: { ...facts, reason, ...(providerReference !== undefined && { providerReference }) } });
    }
    case 'reversed': {
      // What was captured of an authorization is undone capture by capture.
      if (isHeldOnly(payment, attempt)) return reject('outcome_contradicts');
      const { providerReference, code, message } = outcome;
      return accept({ type: 'AttemptReversed', data: { ...facts, providerReference, code, message } });
    }
  }
};

type Success = Extract<AttemptOutcome, { status: 'authorized' | 'captured' }>;

const succeed = (payment: CreatedPayment, attempt: Attempt, outcome: Success, reversalId: string): PaymentDecision => {
  // Captures of an authorization are recorded one by one; this would count them twice.
  if (attempt.status === 'authorized' && isHeldOnly(payment, attempt)) return accept();
  if (outcome.amount !== attempt.amount || outcome.currency !== payment.currency) return disagree(payment, attempt, outcome);
  const facts = factsOf(payment, attempt);
  const surplus = !wanted(payment, attempt);
  const data = { ...facts, previously: attempt.status, providerReference: outcome.providerReference, surplus };
  const review = surplus ? [] : closed(payment, 'paid');
  if (outcome.status === 'authorized') {
    const reversal: PaymentEvent = { type: 'VoidStarted', data: { ...facts, voidId: reversalId, purpose: 'surplus' } };
    const { expiresAt } = outcome;
    return accept<PaymentEvent>(
      { type: 'AttemptAuthorized', data: { ...data, ...(expiresAt !== undefined && { expiresAt }) } },
      ...review,
      ...(surplus ? [reversal] : []),
    );
  }
  const reversal: PaymentEvent = { type: 'RefundStarted', data: { ...facts, refundId: reversalId, reason: 'surplus', purpose: 'surplus' } };
  return accept<PaymentEvent>({ type: 'AttemptCaptured', data }, ...review, ...(surplus ? [reversal] : []));
};

/** Its captures stand by themselves. */
const isHeldOnly = (payment: CreatedPayment, attempt: Attempt): boolean =>
  attempt.operation === 'authorize' || (attempt.status === 'authorized' && touched(payment, attempt));

const touched = (payment: CreatedPayment, { id }: Attempt): boolean => [...payment.captures, ...payment.voids].some(({ attemptId }) => attemptId === id);

/** Not where the payment was canceled, or is being paid otherwise, after the attempt had been given up. */
const wanted = (payment: CreatedPayment, attempt: Attempt): boolean => !payment.canceledBy && (isLive(attempt) || !currentAttempt(payment));

/** Another sum than was asked for is no success: in doubt, until people have looked. */
const disagree = (payment: CreatedPayment, attempt: Attempt, outcome: Success): PaymentDecision => {
  const reason = `the provider speaks of ${formatMoney(outcome)}, ${formatMoney({ amount: attempt.amount, currency: payment.currency })} were asked for`;
  const facts = { ...factsOf(payment, attempt), previously: attempt.status };
  if (attempt.status === 'unknown') return accept();
  if (attempt.status === 'authorized' || !isLive(attempt)) return reject('outcome_contradicts');
  return accept({ type: 'AttemptUnknown', data: { ...facts, reason, providerReference: outcome.providerReference } });
};
