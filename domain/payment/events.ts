import type { EventCatalogue } from '../event.ts';
import type { DeclineCode, DeclineKind, NextAction, PaymentMethodType } from './outcome.ts';

/** Personal fields are absent once the person was erased. `country` is ISO 3166-1 alpha-2. */
export type Customer = { id: string; email?: string; name?: string; country: string | null };
export type AttemptContext = { ip?: string; deviceId?: string; userAgent?: string };
export type CaptureMethod = 'automatic' | 'manual';

export type AttemptStatus = 'started' | 'requires_action' | 'pending' | 'unknown' | 'authorized' | 'succeeded' | 'declined' | 'not_sent';
export type OperationStatus = 'started' | 'pending' | 'unknown' | 'succeeded' | 'failed';

/** Every event about money says whose and how much (minor units), so that figures need no lookup. */
export type Facts = { amount: number; currency: string; provider: string; method: PaymentMethodType; country: string | null };

type AttemptFacts = Facts & { attemptId: string };
/** `previously`: the status that this event ends. */
type AttemptEnd = AttemptFacts & { previously: AttemptStatus };
/** `surplus`: the provider took money that the payment no longer wants (it was paid otherwise, or canceled); it is given back at once. */
type AttemptSuccess = AttemptEnd & { providerReference: string; surplus: boolean };

type OperationEnd = Facts & { attemptId: string; previously: OperationStatus };
type Capture = { captureId: string };
type Void = { voidId: string };
type Refund = { refundId: string };
type Done = OperationEnd & { providerReference: string };
type Failed = OperationEnd & { code: string; message: string };

/** Why something is voided or refunded: asked for, or because it was surplus. */
export type Purpose = 'requested' | 'surplus';

export type PaymentEvent =
  | {
      type: 'PaymentCreated';
      data: {
        amount: number;
        currency: string;
        captureMethod: CaptureMethod;
        customer: Customer | null;
        reference: string | null;
        description: string | null;
        provider: string | null;
        returnUrl: string | null;
        metadata: Readonly<Record<string, string>>;
      };
    }
  /** Written before the provider is called; `attemptId` is its idempotency key there. */
  | {
      type: 'AttemptStarted';
      data: AttemptFacts & { operation: 'charge' | 'authorize'; token?: string; context: AttemptContext; customerId: string | null };
    }
  | { type: 'AttemptActionRequired'; data: AttemptEnd & { providerReference: string; action: NextAction } }
  | { type: 'AttemptPending'; data: AttemptEnd & { providerReference: string } }
  | { type: 'AttemptAuthorized'; data: AttemptSuccess }
  /** Charged in one go; also the capture of the same id. */
  | { type: 'AttemptCaptured'; data: AttemptSuccess }
  | {
      type: 'AttemptDeclined';
      data: AttemptEnd & { code: DeclineCode; kind: DeclineKind; providerCode: string; message: string; providerReference: string | null };
    }
  | { type: 'AttemptNotSent'; data: AttemptEnd & { reason: string } }
  | { type: 'AttemptUnknown'; data: AttemptEnd & { reason: string } }
  | { type: 'CaptureStarted'; data: AttemptFacts & Capture }
  | { type: 'CapturePending'; data: Done & Capture }
  /** `capturedBefore`: what the payment had captured until then. */
  | { type: 'CaptureSucceeded'; data: Done & Capture & { capturedBefore: number } }
  | { type: 'CaptureFailed'; data: Failed & Capture }
  | { type: 'CaptureUnknown'; data: OperationEnd & Capture & { reason: string } }
  | { type: 'VoidStarted'; data: AttemptFacts & Void & { purpose: Purpose } }
  | { type: 'VoidPending'; data: Done & Void }
  | { type: 'VoidSucceeded'; data: Done & Void }
  | { type: 'VoidFailed'; data: Failed & Void }
  | { type: 'VoidUnknown'; data: OperationEnd & Void & { reason: string } }
  | {
      type: 'PaymentCanceled';
      data: { cancelId: string; amount: number; currency: string; provider: string | null; method: PaymentMethodType | null; country: string | null };
    }
  | { type: 'RefundStarted'; data: AttemptFacts & Refund & { reason: string | null; purpose: Purpose } }
  | { type: 'RefundPending'; data: Done & Refund }
  | { type: 'RefundSucceeded'; data: Done & Refund }
  | { type: 'RefundFailed'; data: Failed & Refund }
  | { type: 'RefundUnknown'; data: OperationEnd & Refund & { reason: string } }
  | { type: 'DisputeOpened'; data: AttemptFacts & { disputeId: string; reason: string | null } }
  | { type: 'DisputeWon'; data: AttemptFacts & { disputeId: string } }
  | { type: 'DisputeLost'; data: AttemptFacts & { disputeId: string } };

export type PaymentEventOf<T extends PaymentEvent['type']> = Extract<PaymentEvent, { type: T }>;

/** Whose key seals it: the customer's, or for a guest the payment's own. */
const subjectOf = (customerId: string | null | undefined, paymentId: string): string => (customerId ? `customer:${customerId}` : `payment:${paymentId}`);

export const paymentCatalogue: EventCatalogue<PaymentEvent> = {
  PaymentCreated: { personal: ['customer.email', 'customer.name'], subject: ({ customer }, id) => subjectOf(customer?.id, id) },
  AttemptStarted: { personal: ['token', 'context.ip', 'context.deviceId', 'context.userAgent'], subject: ({ customerId }, id) => subjectOf(customerId, id) },
  AttemptActionRequired: {},
  AttemptPending: {},
  AttemptAuthorized: {},
  AttemptCaptured: {},
  AttemptDeclined: {},
  AttemptNotSent: {},
  AttemptUnknown: {},
  CaptureStarted: {},
  CapturePending: {},
  CaptureSucceeded: {},
  CaptureFailed: {},
  CaptureUnknown: {},
  VoidStarted: {},
  VoidPending: {},
  VoidSucceeded: {},
  VoidFailed: {},
  VoidUnknown: {},
  PaymentCanceled: {},
  RefundStarted: {},
  RefundPending: {},
  RefundSucceeded: {},
  RefundFailed: {},
  RefundUnknown: {},
  DisputeOpened: {},
  DisputeWon: {},
  DisputeLost: {},
};
