import { accept, reject } from '../decider.ts';
import type { CommandOf, PaymentDecision } from './commands.ts';
import type { PaymentEvent, PaymentEventOf } from './events.ts';
import { startOf } from './start-attempt.ts';
import { type CreatedPayment, factsOf, openReview } from './state.ts';

/** Makes the attempt that was held, under the id that it was asked for with. */
export const approve = ({ approvalId, note }: CommandOf<'Approve'>, payment: CreatedPayment): PaymentDecision => {
  if (wasDecidedBy(payment, approvalId)) return accept();
  const review = openReview(payment);
  if (!review) return reject('payment_not_in_review');
  return accept<PaymentEvent>(
    { type: 'ReviewApproved', data: { ...factsOf(payment, review), approvalId, note } },
    startOf(payment, { ...review, ...review.request }),
  );
};

export const rejectReview = ({ rejectionId, note }: CommandOf<'Reject'>, payment: CreatedPayment): PaymentDecision => {
  if (wasDecidedBy(payment, rejectionId)) return accept();
  const review = openReview(payment);
  if (!review) return reject('payment_not_in_review');
  return accept({ type: 'ReviewRejected', data: { ...factsOf(payment, review), rejectionId, note } });
};

const wasDecidedBy = ({ screenings }: CreatedPayment, commandId: string): boolean => screenings.some(({ decidedBy }) => decidedBy === commandId);

/** Ends the review, if there is one, because nothing is left to decide. */
export const closed = (payment: CreatedPayment, reason: PaymentEventOf<'ReviewClosed'>['data']['reason']): readonly PaymentEvent[] => {
  const review = openReview(payment);
  return review ? [{ type: 'ReviewClosed', data: { ...factsOf(payment, review), reason } }] : [];
};
