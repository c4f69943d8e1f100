import type { PaymentEvent } from './events.ts';
import { type AttemptOutcome, declineKinds } from './outcome.ts';
import { startOf } from './start-attempt.ts';
import { type Attempt, attemptOf, type CreatedPayment, currentAttempt } from './state.ts';

type Failure = Extract<AttemptOutcome, { status: 'declined' | 'not_sent' }>;

/**
 * The attempt at the next provider of the route. Only at once: while the attempt that failed was all that was known of it, so never after
 * doubt, after the customer had to act, or when its failure comes late; and only where it certainly didn't happen, or was declined as
 * the route allows. A hard decline is no provider's to mend.
 */
export const failover = (payment: CreatedPayment, attempt: Attempt, failure: Failure, nextAttemptId: string): readonly PaymentEvent[] => {
  const { status, token, context } = attempt;
  const provider = nextProvider(payment, attempt, failure);
  if (status !== 'started' || attempt.id !== currentAttempt(payment)?.id || payment.canceledBy) return [];
  if (provider === undefined || token === null || context === null) return [];
  return [startOf(payment, { id: nextAttemptId, provider, method: attempt.method, token, context }, attempt.id)];
};

const nextProvider = (payment: CreatedPayment, attempt: Attempt, failure: Failure): string | undefined => {
  const { first, length } = chainTo(payment, attempt);
  if (payment.route?.attemptId !== first) return undefined;
  const allowed = failure.status === 'not_sent' || (declineKinds[failure.code] === 'soft' && payment.route.failoverOn.includes(failure.code));
  return allowed ? payment.route.providers[length] : undefined;
};

/** How many were made up to this one, each in the place of the one before. */
const chainTo = (payment: CreatedPayment, attempt: Attempt): { first: string; length: number } => {
  const before = attempt.after === null ? undefined : attemptOf(payment, attempt.after);
  if (!before) return { first: attempt.id, length: 1 };
  const { first, length } = chainTo(payment, before);
  return { first, length: length + 1 };
};
