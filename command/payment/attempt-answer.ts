import { refusalOf } from '../../domain/payment/payment-intent.ts';
import { type Attempt, type CreatedPayment, lastOfChain, screeningOf } from '../../domain/payment/state.ts';
import { problem } from '../../platform/http/problem.ts';
import { isOver, type Outcome, statusFor } from './carry-out.ts';

/** Whether there is something to tell of the attempt of this id, or of the last of those that were made in its place. */
export const attemptIsOver = (payment: CreatedPayment, id: string): boolean => {
  const made = lastOfChain(payment, id);
  return made ? isOver(made) : screeningOf(payment, id) !== undefined;
};

/** 200, or 202 while it is undecided or waits for people. Throws the 402 of a payment that was not made. */
export const answerOf = ({ payment, intent }: Outcome, id: string): 200 | 202 => {
  const made = lastOfChain(payment, id);
  const failure = errorOf(payment, id, made);
  if (!failure) return statusFor(made);
  const { code, declineCode, message: detail } = failure;
  throw problem(402, code, { detail, members: { declineCode, payment: intent } });
};

const errorOf = (payment: CreatedPayment, id: string, made: Attempt | undefined) => {
  const screening = screeningOf(payment, id);
  return made ? made.error : screening && refusalOf(screening);
};
