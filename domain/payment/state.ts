import { sumOf } from '../money.ts';
import type { AttemptContext, AttemptStatus, CaptureMethod, Customer, Facts, OperationStatus, Purpose } from './events.ts';
import type { DeclineCode, NextAction, PaymentMethodType } from './outcome.ts';
import type { FiredRule, RiskDecision } from './risk.ts';

// Plain JSON throughout: the read model of a payment's details is this very fold.

/**
 * One try at one provider. `token` is kept only as long as it may be needed again, `context` until the provider has answered. `after`: the
 * failed attempt whose place it took. `resumes`: how often the customer came back, by id; `resuming`: the last of them is not answered.
 */
export type Attempt = {
  id: string;
  provider: string;
  operation: 'charge' | 'authorize';
  amount: number;
  method: PaymentMethodType;
  status: AttemptStatus;
  token: string | null;
  context: AttemptContext | null;
  after: string | null;
  resumes: readonly string[];
  resuming: boolean;
  providerReference: string | null;
  action: NextAction | null;
  error: AttemptError | null;
  surplus: boolean;
  /** When the authorization ends, RFC 3339 UTC; null where it isn't known. `expired`: it was released for that. */
  expiresAt: string | null;
  expired: boolean;
};
export type AttemptError = {
  code: 'payment_declined' | 'payment_not_sent' | 'payment_reversed';
  declineCode: DeclineCode | null;
  providerCode: string | null;
  message: string;
};

type Operation = {
  id: string;
  attemptId: string;
  amount: number;
  status: OperationStatus;
  providerReference: string | null;
  error: { code: string; message: string } | null;
};
export type Capture = Operation & { final: boolean };
export type Void = Operation & { purpose: Purpose };
export type Refund = Operation & { purpose: Purpose; reason: string | null };
/** `evidenceDueBy`: RFC 3339 UTC; null where nothing is due, or not any more. */
export type Dispute = {
  id: string;
  attemptId: string;
  amount: number;
  status: 'inquiry' | 'inquiry_closed' | 'open' | 'won' | 'lost';
  reason: string | null;
  evidenceDueBy: string | null;
};

/**
 * An attempt that was not made at once: the rules forbade it, or people are asked. `request` is there while they are. `attemptsBefore`
 * counts those that had been made then.
 */
export type Screening = {
  id: string;
  provider: string;
  method: PaymentMethodType;
  status: 'blocked' | 'in_review' | 'approved' | 'rejected' | 'closed';
  request: { token: string | null; context: AttemptContext } | null;
  attemptsBefore: number;
  /** The command that approved or rejected it. */
  decidedBy: string | null;
};

/** Who may still be asked when the attempt of this id fails, in order; the first had been asked with it. */
export type Route = { attemptId: string; providers: readonly string[]; failoverOn: readonly DeclineCode[] };

export type CreatedPayment = {
  status: 'created';
  amount: number;
  currency: string;
  captureMethod: CaptureMethod;
  customer: Customer | null;
  reference: string | null;
  description: string | null;
  provider: string | null;
  returnUrl: string | null;
  metadata: Readonly<Record<string, string>>;
  /** What the rules said last. */
  risk: { score: number; decision: RiskDecision; rules: readonly FiredRule[] } | null;
  route: Route | null;
  screenings: readonly Screening[];
  attempts: readonly Attempt[];
  captures: readonly Capture[];
  voids: readonly Void[];
  refunds: readonly Refund[];
  disputes: readonly Dispute[];
  /** The command that canceled it. */
  canceledBy: string | null;
};
export type Payment = { status: 'absent' } | CreatedPayment;

type LiveAttempt = Attempt & { status: Exclude<AttemptStatus, 'declined' | 'not_sent' | 'reversed'> };
/** Where an attempt still holds, or may hold, the customer's money. */
export const isLive = (attempt: Attempt): attempt is LiveAttempt =>
  attempt.status !== 'declined' && attempt.status !== 'not_sent' && attempt.status !== 'reversed';
export const inDoubt = ({ status }: { status: OperationStatus | AttemptStatus }): boolean => status === 'unknown';

/** The attempt that the payment rests on: at most one, because another is only started when all before it have failed. */
export const currentAttempt = (payment: CreatedPayment): LiveAttempt | undefined =>
  payment.attempts.filter(isLive).findLast((attempt) => !attempt.surplus && !isUndone(payment, attempt));

const of = <T extends { attemptId: string }>(items: readonly T[], attemptId: string): readonly T[] => items.filter((item) => item.attemptId === attemptId);
const notFailed = ({ status }: Operation): boolean => status !== 'failed';
const succeeded = ({ status }: Operation): boolean => status === 'succeeded';
const reversed = ({ status }: Operation): boolean => status === 'reversed';
/** Whether or not it was undone since. */
export const wasDone = (operation: Operation): boolean => succeeded(operation) || reversed(operation);

export const capturedOf = (payment: CreatedPayment, attemptId: string): number => sumOf(of(payment.captures, attemptId).filter(succeeded));

/** With what the provider has undone since. */
export const onceCapturedOf = (payment: CreatedPayment, attemptId: string): number => sumOf(of(payment.captures, attemptId).filter(wasDone));

/** An authorization of which nothing is left: all that was captured has been undone, and that uses it up. */
const isUndone = (payment: CreatedPayment, attempt: Attempt): boolean =>
  attempt.status === 'authorized' &&
  of(payment.captures, attempt.id).some(reversed) &&
  capturedOf(payment, attempt.id) + capturableOf(payment, attempt) === 0 &&
  ![...of(payment.captures, attempt.id), ...of(payment.voids, attempt.id)].some(({ status }) => !settled.includes(status));
const settled: readonly OperationStatus[] = ['succeeded', 'failed', 'reversed'];

/** The capture of an authorization that was undone last. */
export const lastUndone = (payment: CreatedPayment, attempt: Attempt): Capture | undefined => of(payment.captures, attempt.id).findLast(reversed);

/** What may still be captured: nothing once it is being voided, has expired, or its final capture is under way or made. */
export const capturableOf = (payment: CreatedPayment, attempt: Attempt): number => {
  if (attempt.status !== 'authorized' || attempt.expired || of(payment.voids, attempt.id).some(notFailed)) return 0;
  const captures = of(payment.captures, attempt.id).filter(notFailed);
  return captures.some(({ final }) => final) ? 0 : attempt.amount - sumOf(captures);
};

/** Or may yet keep what it has taken. */
const takesMoney = ({ status }: Dispute): boolean => status === 'open' || status === 'lost';

const goneOf = (payment: CreatedPayment, attemptId: string): number =>
  sumOf(of(payment.refunds, attemptId).filter((refund) => notFailed(refund) && !reversed(refund))) + sumOf(of(payment.disputes, attemptId).filter(takesMoney));

/** What may still be refunded: refunds under way count as made, open disputes as lost. Nothing where more went than the provider has left us. */
export const refundableOf = (payment: CreatedPayment, attemptId: string): number => Math.max(0, capturedOf(payment, attemptId) - goneOf(payment, attemptId));

/** What providers and banks may yet have given back, or taken: what they did before they undid a capture is told in any order. */
export const roomOf = (payment: CreatedPayment, attemptId: string): number => onceCapturedOf(payment, attemptId) - goneOf(payment, attemptId);

export type Kind = 'attempt' | 'capture' | 'void' | 'refund';

/** What may have happened at the provider without our knowing. */
export const isUndecided = ({ status }: { status: OperationStatus | AttemptStatus }): boolean => status === 'unknown' || status === 'pending';

export const undecidedOf = (payment: CreatedPayment): readonly { kind: Kind; id: string }[] => [
  ...payment.attempts.filter(isUndecided).map(({ id }) => ({ kind: 'attempt' as const, id })),
  ...payment.captures.filter(isUndecided).map(({ id }) => ({ kind: 'capture' as const, id })),
  ...payment.voids.filter(isUndecided).map(({ id }) => ({ kind: 'void' as const, id })),
  ...payment.refunds.filter(isUndecided).map(({ id }) => ({ kind: 'refund' as const, id })),
];

/** Operations whose end is not known: they block what depends on them. */
export const doubtsOf = (payment: CreatedPayment, attemptId: string): boolean =>
  [...payment.captures, ...payment.voids, ...payment.refunds].some((operation) => operation.attemptId === attemptId && inDoubt(operation));

/** Whether something of an authorization is on its way to an end. */
export const underWay = (payment: CreatedPayment, attemptId: string): boolean =>
  [...of(payment.captures, attemptId), ...of(payment.voids, attemptId)].some(({ status }) => status === 'started' || status === 'pending');

export const amountCaptured = ({ captures }: CreatedPayment): number => sumOf(captures.filter(succeeded));
export const amountRefunded = ({ refunds }: CreatedPayment): number => sumOf(refunds.filter(succeeded));
export const amountDisputed = ({ disputes }: CreatedPayment): number => sumOf(disputes.filter(takesMoney));
export const amountCapturable = (payment: CreatedPayment): number => {
  const attempt = currentAttempt(payment);
  return attempt ? capturableOf(payment, attempt) : 0;
};

export type PaymentStatus = 'requires_payment_method' | 'processing' | 'requires_action' | 'in_review' | 'requires_capture' | 'succeeded' | 'canceled';

export const statusOf = (payment: CreatedPayment): PaymentStatus => {
  if (payment.canceledBy) return 'canceled';
  const attempt = currentAttempt(payment);
  switch (attempt?.status) {
    case undefined:
      return openReview(payment) ? 'in_review' : 'requires_payment_method';
    case 'started':
    case 'pending':
    case 'unknown':
      return 'processing';
    case 'requires_action':
      return attempt.resuming ? 'processing' : 'requires_action';
    case 'succeeded':
      return 'succeeded';
    case 'authorized':
      return authorizedStatus(payment, attempt);
  }
};

/** Captured in full, or in part with the rest released, expired, or undone since: done. */
const authorizedStatus = (payment: CreatedPayment, attempt: Attempt): PaymentStatus => {
  const captured = capturedOf(payment, attempt.id);
  const released = of(payment.voids, attempt.id).some(succeeded) || of(payment.captures, attempt.id).some((capture) => capture.final && succeeded(capture));
  return released || (captured > 0 && onceCapturedOf(payment, attempt.id) === attempt.amount) || (attempt.expired && captured > 0)
    ? 'succeeded'
    : 'requires_capture';
};

export const attemptOf = (payment: CreatedPayment, id: string): Attempt | undefined => payment.attempts.find((attempt) => attempt.id === id);

/** The attempt that was made last in the place of this one: itself, where it didn't fail or nobody else was asked. */
export const lastOfChain = (payment: CreatedPayment, id: string): Attempt | undefined => {
  const next = payment.attempts.find(({ after }) => after === id);
  return next ? lastOfChain(payment, next.id) : attemptOf(payment, id);
};

export const screeningOf = (payment: CreatedPayment, id: string): Screening | undefined => payment.screenings.find((screening) => screening.id === id);
type OpenReview = Screening & { request: NonNullable<Screening['request']> };
const isOpen = (screening: Screening): screening is OpenReview => screening.request !== null;
/** The attempt that waits for people: at most one, because no other is started until they have decided. */
export const openReview = (payment: CreatedPayment): OpenReview | undefined => payment.screenings.find(isOpen);

type Made = Pick<Attempt, 'id' | 'provider' | 'method'> & { amount?: number };
export const factsOf = (payment: CreatedPayment, attempt: Made, amount = attempt.amount ?? payment.amount): Facts & { attemptId: string } => ({
  attemptId: attempt.id,
  amount,
  currency: payment.currency,
  provider: attempt.provider,
  method: attempt.method,
  country: payment.customer?.country ?? null,
});
