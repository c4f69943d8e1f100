import { accept, reject } from '../decider.ts';
import type { CommandOf, PaymentDecision, PaymentRejection } from './commands.ts';
import type { AttemptStatus, PaymentEvent } from './events.ts';
import type { RiskAssessment } from './risk.ts';
import type { RouteDecision } from './routing.ts';
import { type Asked, requestOf, startOf } from './start-attempt.ts';
import { attemptOf, type CreatedPayment, currentAttempt, doubtsOf, factsOf, inDoubt, openReview, screeningOf, underWay } from './state.ts';

/** Starts an attempt, if every one before it has certainly failed: at once, or when people have approved, or not at all, as the rules of risk say. */
export const process = (command: CommandOf<'Process'>, payment: CreatedPayment): PaymentDecision => {
  const { attemptId, method, token, context, assessment, route } = command;
  if (attemptOf(payment, attemptId) || screeningOf(payment, attemptId)) return accept();
  const refusal = whyNotNow(payment);
  if (refusal) return reject(refusal);
  const asked: Asked = { id: attemptId, provider: route.providers[0], method, token, context };
  const assessed = assessment ? [assessedAs(payment, asked, assessment)] : [];
  switch (assessment?.decision) {
    case 'block':
      return accept<PaymentEvent>(...assessed, { type: 'AttemptBlocked', data: factsOf(payment, asked) });
    case 'review':
      return accept<PaymentEvent>(...assessed, ...routed(payment, asked, route), {
        type: 'ReviewOpened',
        data: { ...factsOf(payment, asked), ...requestOf(payment, asked) },
      });
    case 'allow':
    case undefined:
      return accept<PaymentEvent>(...assessed, ...routed(payment, asked, route), startOf(payment, asked));
  }
};

/** Why no attempt can be started now; undefined where one can. */
export const whyNotNow = (payment: CreatedPayment): PaymentRejection | undefined => {
  if (payment.canceledBy) return 'payment_canceled';
  const current = currentAttempt(payment);
  if (current) return current.resuming ? 'payment_processing' : whyNot[current.status];
  if (openReview(payment)) return 'payment_in_review';
  // A payment that is being canceled, whose attempt failed meanwhile.
  const ends = payment.voids.filter(({ purpose }) => purpose !== 'surplus');
  if (ends.some(inDoubt)) return 'payment_in_doubt';
  return ends.some(({ attemptId }) => underWay(payment, attemptId)) ? 'payment_processing' : undefined;
};

const whyNot: Record<Exclude<AttemptStatus, 'declined' | 'not_sent' | 'reversed'>, PaymentRejection> = {
  started: 'payment_processing',
  pending: 'payment_processing',
  unknown: 'payment_in_doubt',
  requires_action: 'payment_requires_action',
  authorized: 'payment_already_authorized',
  succeeded: 'payment_already_paid',
};

const assessedAs = (payment: CreatedPayment, asked: Asked, { decision, score, rules, ruleSetVersion, inputs }: RiskAssessment): PaymentEvent => ({
  type: 'RiskAssessed',
  data: { ...factsOf(payment, asked), customerId: payment.customer?.id ?? null, decision, score, rules, ruleSetVersion, inputs },
});

/** A choice of one is none. */
const routed = (payment: CreatedPayment, asked: Asked, { providers, rule, ruleSetVersion, failoverOn, inputs }: RouteDecision): readonly PaymentEvent[] =>
  providers.length > 1 || inputs.standings.length > 1
    ? [{ type: 'RouteDecided', data: { ...factsOf(payment, asked), providers, rule, ruleSetVersion, failoverOn, inputs } }]
    : [];

/** Lets the provider go on where the customer had to act. */
export const resume = ({ resumeId }: CommandOf<'Resume'>, payment: CreatedPayment): PaymentDecision => {
  if (payment.attempts.some(({ resumes }) => resumes.includes(resumeId))) return accept();
  const current = currentAttempt(payment);
  if (payment.canceledBy || current?.status !== 'requires_action' || current.resuming) return reject(whyNotNow(payment) ?? 'payment_method_required');
  if (doubtsOf(payment, current.id)) return reject('payment_in_doubt');
  if (underWay(payment, current.id)) return reject('payment_processing');
  return accept({ type: 'AttemptResumed', data: { ...factsOf(payment, current), resumeId } });
};
