import type { AttemptStatus, CaptureMethod, Customer, OperationStatus } from './events.ts';
import type { NextAction, PaymentMethodType } from './outcome.ts';
import type { FiredRule, RiskDecision } from './risk.ts';
import {
  type AttemptError,
  amountCapturable,
  amountCaptured,
  amountDisputed,
  amountRefunded,
  type CreatedPayment,
  currentAttempt,
  type Dispute,
  lastUndone,
  type Payment,
  type PaymentStatus,
  type Refund,
  type Screening,
  statusOf,
} from './state.ts';

/** Callers know no reversal: what the provider has undone is failed or declined to them, and its error says that it was done before. */
type ShownAttempt = Exclude<AttemptStatus, 'reversed'>;
type ShownOperation = Exclude<OperationStatus, 'reversed'>;

/** What callers see. A refund that has been started and not answered is `pending` to them. */
export type RefundView = {
  id: string;
  status: Exclude<ShownOperation, 'started'>;
  amount: number;
  currency: string;
  reason: string | null;
  error: { code: string; message: string } | null;
};

/** `provider` is `risk` where it was never asked for. */
type LastError = {
  code: AttemptError['code'] | 'payment_blocked' | 'payment_rejected';
  declineCode: AttemptError['declineCode'];
  message: string;
  provider: string;
};

/** The payment as every answer shows it: commands, lookups, lists and replays alike. */
export type PaymentIntent = {
  id: string;
  status: PaymentStatus;
  amount: number;
  currency: string;
  captureMethod: CaptureMethod;
  customer: Customer | null;
  reference: string | null;
  description: string | null;
  provider: string | null;
  returnUrl: string | null;
  metadata: Readonly<Record<string, string>>;
  amountCapturable: number;
  amountCaptured: number;
  amountRefunded: number;
  amountDisputed: number;
  /** Null until it has been assessed. */
  risk: { score: number; decision: RiskDecision; rules: FiredRule[] } | null;
  attempts: {
    id: string;
    provider: string;
    status: ShownAttempt;
    amount: number;
    paymentMethodType: PaymentMethodType;
    providerReference: string | null;
    error: AttemptError | null;
    expiresAt: string | null;
  }[];
  captures: { id: string; attemptId: string; status: ShownOperation; amount: number; error: { code: string; message: string } | null }[];
  refunds: RefundView[];
  disputes: Dispute[];
  nextAction: NextAction | null;
  lastError: LastError | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};

/** What is known of a stream beside its state: `version` counts events from 1. */
export type Versioned = { state: Payment; version: number; createdAt: string; updatedAt: string };

export const paymentIntent = (id: string, { state, version, createdAt, updatedAt }: Versioned): PaymentIntent => {
  if (state.status === 'absent') throw new Error(`payment ${id} has a version and was never created`);
  const { amount, currency, captureMethod, customer, reference, description, returnUrl, metadata, disputes } = state;
  return {
    id,
    status: statusOf(state),
    amount,
    currency,
    captureMethod,
    customer,
    reference,
    description,
    provider: providerOf(state),
    returnUrl,
    metadata,
    amountCapturable: amountCapturable(state),
    amountCaptured: amountCaptured(state),
    amountRefunded: amountRefunded(state),
    amountDisputed: amountDisputed(state),
    risk: state.risk && { ...state.risk, rules: [...state.risk.rules] },
    attempts: state.attempts.map(({ id, provider, status, amount, method, providerReference, error, expiresAt }) => ({
      id,
      provider,
      status: status === 'reversed' ? 'declined' : status,
      amount,
      paymentMethodType: method,
      providerReference,
      error,
      expiresAt,
    })),
    captures: state.captures.map(({ id, attemptId, status, amount, error }) => ({ id, attemptId, status: shown(status), amount, error })),
    refunds: state.refunds.map((refund) => refundView(refund, currency)),
    disputes: [...disputes],
    nextAction: state.canceledBy === null ? (currentAttempt(state)?.action ?? null) : null,
    lastError: lastError(state),
    version,
    createdAt,
    updatedAt,
  };
};

const shown = (status: OperationStatus): ShownOperation => (status === 'reversed' ? 'failed' : status);
const refundStatus = (status: ShownOperation): RefundView['status'] => (status === 'started' ? 'pending' : status);

export const refundView = ({ id, status, amount, reason, error }: Refund, currency: string): RefundView => ({
  id,
  status: refundStatus(shown(status)),
  amount,
  currency,
  reason,
  error,
});

/** Who holds the money, or tried last; before any attempt who was asked for. */
export const providerOf = (payment: CreatedPayment): string | null => (currentAttempt(payment) ?? payment.attempts.at(-1))?.provider ?? payment.provider;

/** Why the last attempt failed, as long as no other has been made. */
const lastError = (payment: CreatedPayment): LastError | null => {
  if (currentAttempt(payment)) return null;
  const screening = payment.screenings.at(-1);
  if (screening?.attemptsBefore === payment.attempts.length) return refusalOf(screening);
  const last = payment.attempts.at(-1);
  if (!last) return null;
  const { provider, error } = last;
  if (error) return { code: error.code, declineCode: error.declineCode, message: error.message, provider };
  const undone = lastUndone(payment, last)?.error;
  return undone ? { code: 'payment_reversed', declineCode: null, message: undone.message, provider } : null;
};

/** Why an attempt was not made at all; null where it was, or may yet be. */
export const refusalOf = ({ status }: Screening): LastError | null => refused[status];

const byRisk = { declineCode: 'fraudulent', provider: 'risk' } as const;
const refused: Record<Screening['status'], LastError | null> = {
  blocked: { code: 'payment_blocked', ...byRisk, message: 'The payment was refused by the rules of risk.' },
  rejected: { code: 'payment_rejected', ...byRisk, message: 'The payment was refused after a review.' },
  in_review: null,
  approved: null,
  closed: null,
};
