import { accept, reject } from '../decider.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import { attemptOf, type CreatedPayment, capturableOf, doubtsOf, factsOf, underWay } from './state.ts';

/** Whether the time of an authorization is over. Both are RFC 3339. */
export const isOver = (expiresAt: string | null, at: string): boolean => expiresAt !== null && Date.parse(expiresAt) <= Date.parse(at);

/** Releases what an authorization still holds when its time is over. What is under way or in doubt comes to its end first. */
export const expire = ({ attemptId, voidId, at }: CommandOf<'Expire'>, payment: CreatedPayment): PaymentDecision => {
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject('attempt_not_found');
  const { expiresAt } = attempt;
  if (attempt.status !== 'authorized' || attempt.surplus || attempt.expired || expiresAt === null || !isOver(expiresAt, at)) return accept();
  if (doubtsOf(payment, attemptId)) return reject('payment_in_doubt');
  if (underWay(payment, attemptId)) return reject('payment_processing');
  const held = capturableOf(payment, attempt);
  if (held === 0) return accept();
  const facts = factsOf(payment, attempt, held);
  return accept({ type: 'AuthorizationExpired', data: { ...facts, expiresAt } }, { type: 'VoidStarted', data: { ...facts, voidId, purpose: 'expired' } });
};
