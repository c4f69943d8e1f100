import type { Decision } from '../decider.ts';
import type { MoneyFault } from '../money.ts';
import type { AttemptContext, CaptureMethod, Customer, PaymentEvent } from './events.ts';
import type { AttemptOutcome, DisputeNotice, OperationOutcome, PaymentMethodType } from './outcome.ts';
import type { RiskAssessment } from './risk.ts';
import type { RouteDecision } from './routing.ts';

/** Ids are UUIDs given by the caller: the id of the command that starts a thing is the thing's. */
export type PaymentCommand =
  | {
      type: 'Create';
      amount: number;
      currency: string;
      captureMethod: CaptureMethod;
      customer: Customer | null;
      reference: string | null;
      description: string | null;
      provider: string | null;
      returnUrl: string | null;
      metadata: Readonly<Record<string, string>>;
    }
  /** `assessment` null: nobody has assessed it, so nothing forbids it. The first provider of `route` is asked first. */
  | {
      type: 'Process';
      attemptId: string;
      method: PaymentMethodType;
      token: string;
      context: AttemptContext;
      assessment: RiskAssessment | null;
      route: RouteDecision;
    }
  /** Goes on with the attempt that waited for the customer. */
  | { type: 'Resume'; resumeId: string }
  /** Of the attempt in review. */
  | { type: 'Approve'; approvalId: string; note: string | null }
  | { type: 'Reject'; rejectionId: string; note: string | null }
  /** `amount` null: all that is left. `final`: what it leaves is released. `at`: now, RFC 3339 UTC. */
  | { type: 'Capture'; captureId: string; amount: number | null; final: boolean; at: string }
  /** `refundId`: names the refund of what was captured; null: what was captured stays. */
  | { type: 'Cancel'; voidId: string; refundId: string | null }
  /** Releases an authorization whose time is over at `at`, RFC 3339 UTC. */
  | { type: 'Expire'; attemptId: string; voidId: string; at: string }
  | { type: 'Refund'; refundId: string; amount: number | null; reason: string | null }
  /**
   * What the provider said, by answer, by webhook or when asked. `reversalId` names the void or refund of what turns out to be surplus,
   * `nextAttemptId` the attempt at the next provider. `resumeId`: whose answer it is, where it is a resume's.
   */
  | { type: 'RecordAttempt'; attemptId: string; outcome: AttemptOutcome; reversalId: string; nextAttemptId: string; resumeId: string | null }
  | { type: 'RecordCapture'; captureId: string; outcome: OperationOutcome; reversalId: string }
  | { type: 'RecordVoid'; voidId: string; outcome: OperationOutcome }
  | { type: 'RecordRefund'; refundId: string; outcome: OperationOutcome }
  | { type: 'RecordDispute'; notice: DisputeNotice };

export type PaymentRejection =
  | MoneyFault
  | 'payment_not_found'
  | 'payment_canceled'
  | 'payment_already_paid'
  | 'payment_already_authorized'
  | 'payment_processing'
  | 'payment_in_doubt'
  | 'payment_requires_action'
  | 'payment_in_review'
  | 'payment_not_in_review'
  | 'payment_method_required'
  | 'payment_not_capturable'
  | 'capture_exceeds_authorized'
  | 'authorization_expired'
  | 'payment_not_refundable'
  | 'refund_exceeds_captured'
  | 'attempt_not_found'
  | 'capture_not_found'
  | 'void_not_found'
  | 'refund_not_found'
  /** The provider contradicts what it had said before; for people to look at. */
  | 'outcome_contradicts'
  /** It doesn't fit yet: another step has to come to its end first. */
  | 'outcome_too_early'
  | 'dispute_before_capture'
  | 'dispute_exceeds_captured';

export type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;
export type CommandOf<T extends PaymentCommand['type']> = Extract<PaymentCommand, { type: T }>;
