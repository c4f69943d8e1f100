import { accept, reject } from '../decider.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent, PaymentEventOf } from './events.ts';
import { hasEnded } from './operation.ts';
import type { DisputeNotice } from './outcome.ts';
import { attemptOf, type CreatedPayment, type Dispute, factsOf, onceCapturedOf, roomOf } from './state.ts';

type About = PaymentEventOf<'DisputeWon'>['data'];

/** Notices come in any order: an end that comes first opens the dispute too. Won and lost are final, whichever came first; an inquiry is before all else. */
export const recordDispute = ({ notice }: CommandOf<'RecordDispute'>, payment: CreatedPayment): PaymentDecision => {
  const { disputeId, attemptId, amount, change } = notice;
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject('attempt_not_found');
  const known = payment.disputes.find(({ id }) => id === disputeId);
  const opened = known && isDispute(known);
  const facts: About = { ...factsOf(payment, attempt, opened ? known.amount : amount), disputeId };
  if (!known && onceCapturedOf(payment, attemptId) === 0) return reject('dispute_before_capture');
  if (change === 'inquiry' || change === 'inquiry_closed') return accept<PaymentEvent>(...inquiry(facts, known, notice, change));
  if (opened) return known.status === 'open' ? accept<PaymentEvent>(...due(facts, known, notice), ...endOf(facts, notice)) : accept();
  const misfit = change === 'won' ? undefined : misfitOf(payment, notice);
  if (misfit) return reject(misfit);
  const { reason, evidenceDueBy } = notice;
  return accept<PaymentEvent>({ type: 'DisputeOpened', data: { ...facts, reason, evidenceDueBy } }, ...endOf(facts, notice));
};

const isDispute = ({ status }: Dispute): boolean => status !== 'inquiry' && status !== 'inquiry_closed';

const inquiry = (facts: About, known: Dispute | undefined, notice: DisputeNotice, change: 'inquiry' | 'inquiry_closed'): readonly PaymentEvent[] => {
  const { reason, evidenceDueBy } = notice;
  const closed: readonly PaymentEvent[] = change === 'inquiry_closed' ? [{ type: 'DisputeInquiryClosed', data: facts }] : [];
  if (!known) return [{ type: 'DisputeInquired', data: { ...facts, reason, evidenceDueBy } }, ...closed];
  return known.status === 'inquiry' ? [...due(facts, known, notice), ...closed] : [];
};

/** What was lost is never more than was disputed. */
const endOf = (facts: About, { change, amount }: DisputeNotice): readonly PaymentEvent[] => {
  if (change === 'won') return [{ type: 'DisputeWon', data: facts }];
  return change === 'lost' ? [{ type: 'DisputeLost', data: { ...facts, amount: Math.min(facts.amount, amount) } }] : [];
};

/** Nothing can be taken that isn't there. */
const misfitOf = (payment: CreatedPayment, { attemptId, amount, currency }: DisputeNotice): 'dispute_exceeds_captured' | 'outcome_too_early' | undefined => {
  if (currency !== payment.currency || amount > roomOf(atBest(payment), attemptId)) return 'dispute_exceeds_captured';
  return amount > roomOf(payment, attemptId) ? 'outcome_too_early' : undefined;
};

/** As it would be if the captures under way are made and the refunds under way fail, because the bank was faster. */
const atBest = (payment: CreatedPayment): CreatedPayment => ({
  ...payment,
  captures: payment.captures.map((one) => (hasEnded(one) ? one : { ...one, status: 'succeeded' })),
  refunds: payment.refunds.filter(hasEnded),
});

/** The latest day counts, whatever order the notices come in. */
const due = (facts: About, known: Dispute, { change, evidenceDueBy }: DisputeNotice): readonly PaymentEvent[] => {
  const later = evidenceDueBy !== null && (known.evidenceDueBy === null || Date.parse(evidenceDueBy) > Date.parse(known.evidenceDueBy));
  return (change === 'opened' || change === 'inquiry') && later ? [{ type: 'DisputeEvidenceDue', data: { ...facts, evidenceDueBy } }] : [];
};
