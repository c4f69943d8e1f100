import type { AttemptOutcome, DisputeNotice, OperationOutcome, PaymentMethodType } from '../../domain/payment/outcome.ts';

/**
 * The contract of a payment provider. An adapter never throws, and has its own time-out: every way a call can end is a value.
 * `not_sent` only where it is certain that nothing was accepted; whatever else went wrong is `unknown`.
 * `providers/payment/contract.ts` is the suite that each adapter passes.
 */
export type PaymentProvider = {
  name: string;
  charge: (request: ChargeRequest) => Promise<AttemptOutcome>;
  capture: (request: OperationRequest) => Promise<OperationOutcome>;
  void: (request: OperationRequest) => Promise<OperationOutcome>;
  refund: (request: OperationRequest) => Promise<OperationOutcome>;
  /** How it stands at the provider now; found by our reference. `not_found`: the provider has no record of it. */
  retrieveAttempt: (request: RetrieveRequest) => Promise<AttemptOutcome | NotFound>;
  retrieveOperation: (request: RetrieveRequest & { kind: OperationKind }) => Promise<OperationOutcome | NotFound>;
  webhooks: ProviderWebhooks;
};

export type OperationKind = 'capture' | 'void' | 'refund';
export type NotFound = { status: 'not_found' };

/**
 * `reference` is ours: a UUID, appended to the payment's stream before the call, and the provider's idempotency key for it. The same
 * again gives the same answer and happens once. Amounts in minor units of `currency`.
 */
type Request = { reference: string; paymentId: string; amount: number; currency: string; traceparent?: string };

/** `capture` false: only authorize. */
export type ChargeRequest = Request & { capture: boolean; method: PaymentMethodType; token: string; returnUrl: string | null };

/** Of the charge whose reference is `attemptId` and which the provider calls `providerReference`. */
export type OperationRequest = Request & { attemptId: string; providerReference: string };

export type RetrieveRequest = { reference: string; paymentId: string; providerReference: string | null };

export type ProviderWebhooks = {
  /** Over the raw bytes, in constant time, without I/O. `eventId` is the provider's, unique with it. */
  verify: (body: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>) => VerifiedWebhook | { invalid: string };
  /** What a verified body says; may ask the provider whose it is. Throws what should be tried again. */
  read: (body: string) => Promise<readonly Notice[]>;
};

export type VerifiedWebhook = { eventId: string; kind: string; paymentId: string | null };

/** News about one thing of one payment. */
export type Notice =
  | { about: 'attempt'; paymentId: string; attemptId: string; outcome: AttemptOutcome }
  | { about: OperationKind; paymentId: string; operationId: string; outcome: OperationOutcome }
  | { about: 'dispute'; paymentId: string; notice: DisputeNotice };
