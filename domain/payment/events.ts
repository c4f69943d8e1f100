import type { EventCatalogue } from '../event.ts';
import type { DeclineCode, DeclineKind, NextAction, PaymentMethodType } from './outcome.ts';
import type { RiskAssessment, RiskInputs } from './risk.ts';
import type { RouteDecision } from './routing.ts';

/** Personal fields are absent once the person was erased. `country` is ISO 3166-1 alpha-2. */
export type Customer = { id: string; email?: string; name?: string; country: string | null };
export type AttemptContext = { ip?: string; deviceId?: string; userAgent?: string };
export type CaptureMethod = 'automatic' | 'manual';

export type AttemptStatus = 'started' | 'requires_action' | 'pending' | 'unknown' | 'authorized' | 'succeeded' | 'declined' | 'not_sent' | 'reversed';
export type OperationStatus = 'started' | 'pending' | 'unknown' | 'succeeded' | 'failed' | 'reversed';

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
/** `previously` anything but `succeeded`: it was never known that it had been done. */
type Undone = Done & { code: string; message: string };

/** What is needed to call the provider, beside the facts. */
type AttemptRequest = { token?: string; context: AttemptContext; customerId: string | null };
/** What the rules knew; of people who were erased, less. */
type KeptInputs = Omit<RiskInputs, 'emailDomain'> & { emailDomain?: string | null };

/** Why something is voided or refunded: asked for, because it was surplus, because its authorization has expired, or because the payment is canceled after it was captured. */
export type Purpose = 'requested' | 'surplus' | 'expired' | 'canceled';

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
  /** What the rules made of an attempt that is about to be made. `detail` of a rule and everything else that isn't sealed names nobody. */
  | { type: 'RiskAssessed'; data: AttemptFacts & Omit<RiskAssessment, 'inputs'> & { customerId: string | null; inputs: KeptInputs } }
  /** The rules forbid the attempt: it is not made. */
  | { type: 'AttemptBlocked'; data: AttemptFacts }
  /** The attempt waits for people; it holds what is needed to make it once they approve. */
  | { type: 'ReviewOpened'; data: AttemptFacts & AttemptRequest }
  | { type: 'ReviewApproved'; data: AttemptFacts & { approvalId: string; note: string | null } }
  | { type: 'ReviewRejected'; data: AttemptFacts & { rejectionId: string; note: string | null } }
  /** Nothing is left to decide: the payment was canceled, or an earlier attempt turned out to have paid it. */
  | { type: 'ReviewClosed'; data: AttemptFacts & { reason: 'canceled' | 'paid' } }
  /** Who is asked, in which order; only where there was a choice. `provider` is the first of them. */
  | { type: 'RouteDecided'; data: AttemptFacts & RouteDecision }
  /** Written before the provider is called; `attemptId` is its idempotency key there. `after`: the attempt that failed, whose place this one takes. */
  | { type: 'AttemptStarted'; data: AttemptFacts & AttemptRequest & { operation: 'charge' | 'authorize'; after?: string } }
  /** The customer is back: written before the provider is asked to go on. */
  | { type: 'AttemptResumed'; data: AttemptFacts & { resumeId: string } }
  /** It still waits for the customer. */
  | { type: 'ResumeNotSent'; data: AttemptEnd & { resumeId: string; reason: string } }
  | { type: 'AttemptActionRequired'; data: AttemptEnd & { providerReference: string; action: NextAction } }
  | { type: 'AttemptPending'; data: AttemptEnd & { providerReference: string } }
  /** `expiresAt`: when it ends, RFC 3339 UTC. */
  | { type: 'AttemptAuthorized'; data: AttemptSuccess & { expiresAt?: string } }
  /** Charged in one go; also the capture of the same id. */
  | { type: 'AttemptCaptured'; data: AttemptSuccess }
  | {
      type: 'AttemptDeclined';
      data: AttemptEnd & { code: DeclineCode; kind: DeclineKind; providerCode: string; message: string; providerReference: string | null };
    }
  | { type: 'AttemptNotSent'; data: AttemptEnd & { reason: string } }
  | { type: 'AttemptUnknown'; data: AttemptEnd & { reason: string; providerReference?: string } }
  /** The provider has undone the charge, and its capture of the same id: the payment isn't paid by it. */
  | { type: 'AttemptReversed'; data: AttemptEnd & { providerReference: string; code: string; message: string } }
  /** `final`: the provider releases what it leaves. */
  | { type: 'CaptureStarted'; data: AttemptFacts & Capture & { final?: boolean } }
  | { type: 'CapturePending'; data: Done & Capture }
  /** `capturedBefore`: what the payment had captured until then. */
  | { type: 'CaptureSucceeded'; data: Done & Capture & { capturedBefore: number } }
  | { type: 'CaptureFailed'; data: Failed & Capture }
  | { type: 'CaptureUnknown'; data: OperationEnd & Capture & { reason: string } }
  | { type: 'CaptureReversed'; data: Undone & Capture }
  /** `amount` is what was still held. */
  | { type: 'AuthorizationExpired'; data: AttemptFacts & { expiresAt: string } }
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
  /** It came back: what it gave may be refunded again. */
  | { type: 'RefundReversed'; data: Undone & Refund }
  /** The bank or the customer asks; no money is moved. It may become a dispute. */
  | { type: 'DisputeInquired'; data: AttemptFacts & { disputeId: string; reason: string | null; evidenceDueBy: string | null } }
  | { type: 'DisputeInquiryClosed'; data: AttemptFacts & { disputeId: string } }
  /** `evidenceDueBy`: until when evidence is taken, RFC 3339 UTC. */
  | { type: 'DisputeOpened'; data: AttemptFacts & { disputeId: string; reason: string | null; evidenceDueBy?: string | null } }
  | { type: 'DisputeEvidenceDue'; data: AttemptFacts & { disputeId: string; evidenceDueBy: string } }
  | { type: 'DisputeWon'; data: AttemptFacts & { disputeId: string } }
  /** `amount` is what was lost: perhaps less than was disputed. */
  | { type: 'DisputeLost'; data: AttemptFacts & { disputeId: string } };

export type PaymentEventOf<T extends PaymentEvent['type']> = Extract<PaymentEvent, { type: T }>;

/** Whose key seals it: the customer's, or for a guest the payment's own. */
const subjectOf = (customerId: string | null | undefined, paymentId: string): string => (customerId ? `customer:${customerId}` : `payment:${paymentId}`);

const sealedRequest = {
  personal: ['token', 'context.ip', 'context.deviceId', 'context.userAgent'],
  subject: ({ customerId }: AttemptRequest, id: string) => subjectOf(customerId, id),
} as const;

export const paymentCatalogue: EventCatalogue<PaymentEvent> = {
  PaymentCreated: { personal: ['customer.email', 'customer.name'], subject: ({ customer }, id) => subjectOf(customer?.id, id) },
  RiskAssessed: {
    personal: ['inputs.ip', 'inputs.deviceId', 'inputs.cardFingerprint', 'inputs.emailDomain'],
    subject: ({ customerId }, id) => subjectOf(customerId, id),
  },
  AttemptBlocked: {},
  ReviewOpened: sealedRequest,
  ReviewApproved: {},
  ReviewRejected: {},
  ReviewClosed: {},
  RouteDecided: {},
  AttemptStarted: sealedRequest,
  AttemptResumed: {},
  ResumeNotSent: {},
  AttemptActionRequired: {},
  AttemptPending: {},
  AttemptAuthorized: {},
  AttemptCaptured: {},
  AttemptDeclined: {},
  AttemptNotSent: {},
  AttemptUnknown: {},
  AttemptReversed: {},
  CaptureStarted: {},
  CapturePending: {},
  CaptureSucceeded: {},
  CaptureFailed: {},
  CaptureUnknown: {},
  CaptureReversed: {},
  AuthorizationExpired: {},
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
  RefundReversed: {},
  DisputeInquired: {},
  DisputeInquiryClosed: {},
  DisputeOpened: {},
  DisputeEvidenceDue: {},
  DisputeWon: {},
  DisputeLost: {},
};
