import type { Decision } from '../decider.ts';
import type { MoneyFault } from '../money.ts';
import type { AttemptContext, CaptureMethod, Customer, PaymentEvent } from './events.ts';
import type { AttemptOutcome, DisputeNotice, OperationOutcome, PaymentMethodType } from './outcome.ts';

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
  /** `provider` is who was asked for now; else the payment's own, else `defaultProvider`. */
  | {
      type: 'Process';
      attemptId: string;
      provider: string | null;
      defaultProvider: string;
      method: PaymentMethodType;
      token: string;
      context: AttemptContext;
    }
  /** `amount` null: all that is left. */
  | { type: 'Capture'; captureId: string; amount: number | null }
  | { type: 'Cancel'; voidId: string }
  | { type: 'Refund'; refundId: string; amount: number | null; reason: string | null }
  /** What the provider said, by answer, by webhook or when asked. `reversalId` names the void or refund of what turns out to be surplus. */
  | { type: 'RecordAttempt'; attemptId: string; outcome: AttemptOutcome; reversalId: string }
  | { type: 'RecordCapture'; captureId: string; outcome: OperationOutcome }
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
  | 'payment_not_capturable'
  | 'capture_exceeds_authorized'
  | 'payment_not_refundable'
  | 'refund_exceeds_captured'
  | 'attempt_not_found'
  | 'capture_not_found'
  | 'void_not_found'
  | 'refund_not_found'
  /** The provider contradicts what it had said before; for people to look at. */
  | 'outcome_contradicts'
  | 'dispute_before_capture'
  | 'dispute_exceeds_captured';

export type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;
export type CommandOf<T extends PaymentCommand['type']> = Extract<PaymentCommand, { type: T }>;
