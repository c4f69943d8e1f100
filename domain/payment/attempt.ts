import { accept, reject } from '../decider.ts';
import { formatMoney } from '../money.ts';
import type { CommandOf, PaymentDecision, PaymentRejection } from './commands.ts';
import type { AttemptStatus, PaymentEvent } from './events.ts';
import { type AttemptOutcome, declineKinds } from './outcome.ts';
import { type Attempt, attemptOf, type CreatedPayment, currentAttempt, factsOf, isLive } from './state.ts';

/** Starts an attempt, if every one before it has certainly failed. */
export const process = (command: CommandOf<'Process'>, payment: CreatedPayment): PaymentDecision => {
  const { attemptId, method, token, context } = command;
  if (attemptOf(payment, attemptId)) return accept();
  if (payment.canceledBy) return reject('payment_canceled');
  const current = currentAttempt(payment);
  if (current) return reject(whyNot[current.status]);
  return accept({
    type: 'AttemptStarted',
    data: {
      attemptId,
      provider: command.provider ?? payment.provider ?? command.defaultProvider,
      operation: payment.captureMethod === 'automatic' ? 'charge' : 'authorize',
      amount: payment.amount,
      currency: payment.currency,
      method,
      country: payment.customer?.country ?? null,
      token,
      context,
      customerId: payment.customer?.id ?? null,
    },
  });
};

const whyNot: Record<Exclude<AttemptStatus, 'declined' | 'not_sent'>, PaymentRejection> = {
  started: 'payment_processing',
  pending: 'payment_processing',
  unknown: 'payment_in_doubt',
  requires_action: 'payment_requires_action',
  authorized: 'payment_already_authorized',
  succeeded: 'payment_already_paid',
};

type Answer = AttemptOutcome['status'];

/**
 * What each status may still become: never backward, so that answers and webhooks may come late, twice and in any order. A success
 * after a failure corrects it.
 */
const next: Record<AttemptStatus, readonly Answer[]> = {
  started: ['requires_action', 'pending', 'unknown', 'authorized', 'captured', 'declined', 'not_sent'],
  unknown: ['requires_action', 'pending', 'authorized', 'captured', 'declined', 'not_sent'],
  requires_action: ['pending', 'authorized', 'captured', 'declined'],
  pending: ['authorized', 'captured', 'declined'],
  authorized: ['captured'],
  declined: ['authorized', 'captured'],
  not_sent: ['authorized', 'captured'],
  succeeded: [],
};

export const recordAttempt = ({ attemptId, outcome, reversalId }: CommandOf<'RecordAttempt'>, payment: CreatedPayment): PaymentDecision => {
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject('attempt_not_found');
  if (!next[attempt.status].includes(outcome.status)) return accept();
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
      return accept({ type: 'AttemptDeclined', data: { ...facts, code, kind: declineKinds[code], providerCode, message, providerReference } });
    }
    case 'not_sent':
      return accept({ type: 'AttemptNotSent', data: { ...facts, reason: outcome.reason } });
    case 'unknown':
      return accept({ type: 'AttemptUnknown', data: { ...facts, reason: outcome.reason } });
  }
};

type Success = Extract<AttemptOutcome, { status: 'authorized' | 'captured' }>;

const succeed = (payment: CreatedPayment, attempt: Attempt, outcome: Success, reversalId: string): PaymentDecision => {
  // Captures of an authorization are recorded one by one; this would count them twice.
  if (attempt.status === 'authorized' && (attempt.operation === 'authorize' || touched(payment, attempt))) return accept();
  if (outcome.amount !== attempt.amount || outcome.currency !== payment.currency) return disagree(payment, attempt, outcome);
  const facts = factsOf(payment, attempt);
  const surplus = !wanted(payment, attempt);
  const data = { ...facts, previously: attempt.status, providerReference: outcome.providerReference, surplus };
  if (outcome.status === 'authorized') {
    const reversal: PaymentEvent = { type: 'VoidStarted', data: { ...facts, voidId: reversalId, purpose: 'surplus' } };
    return accept<PaymentEvent>({ type: 'AttemptAuthorized', data }, ...(surplus ? [reversal] : []));
  }
  const reversal: PaymentEvent = { type: 'RefundStarted', data: { ...facts, refundId: reversalId, reason: 'surplus', purpose: 'surplus' } };
  return accept<PaymentEvent>({ type: 'AttemptCaptured', data }, ...(surplus ? [reversal] : []));
};

const touched = (payment: CreatedPayment, { id }: Attempt): boolean => [...payment.captures, ...payment.voids].some(({ attemptId }) => attemptId === id);

/** Not where the payment was canceled, or is being paid otherwise, after the attempt had been given up. */
const wanted = (payment: CreatedPayment, attempt: Attempt): boolean => !payment.canceledBy && (isLive(attempt) || !currentAttempt(payment));

/** Another sum than was asked for is no success: in doubt, until people have looked. */
const disagree = (payment: CreatedPayment, attempt: Attempt, outcome: Success): PaymentDecision => {
  const reason = `the provider speaks of ${formatMoney(outcome)}, ${formatMoney({ amount: attempt.amount, currency: payment.currency })} were asked for`;
  const facts = { ...factsOf(payment, attempt), previously: attempt.status };
  if (attempt.status === 'unknown') return accept();
  if (attempt.status === 'authorized' || !isLive(attempt)) return reject('outcome_contradicts');
  return accept({ type: 'AttemptUnknown', data: { ...facts, reason } });
};
