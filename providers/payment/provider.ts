import type { AttemptOutcome, DisputeNotice, OperationOutcome, PaymentMethodType } from '../../domain/payment/outcome.ts';

/**
 * The contract of a payment provider. An adapter never throws, and has its own time-out: every way a call can end is a value.
 * `not_sent` only where it is certain that nothing was accepted; whatever else went wrong is `unknown`.
 * `providers/payment/contract.ts` is the suite that each adapter passes.
 */
export type PaymentProvider = {
  name: string;
  abilities: ProviderAbilities;
  /** Why it can't take this: a currency or sum that it can't express exactly, a method that it hasn't, another provider's token. Undefined where it can. */
  refuses: (asked: Asked) => string | undefined;
  /** What it can tell of the card behind a token, without charging it: for rules of risk. Undefined where it knows none, or can't be reached. */
  cardOf?: (token: string) => Promise<Card | undefined>;
  charge: (request: ChargeRequest) => Promise<AttemptOutcome>;
  /** Goes on with a charge that waited for the customer, once they are back: confirms or captures what they approved. Where nothing is left to do, how it stands. */
  resume: (request: ChargeRequest & { providerReference: string }) => Promise<AttemptOutcome>;
  capture: (request: OperationRequest) => Promise<OperationOutcome>;
  void: (request: OperationRequest) => Promise<OperationOutcome>;
  refund: (request: OperationRequest) => Promise<OperationOutcome>;
  /** How it stands at the provider now; found by our reference. `not_found`: the provider has no record of it. */
  retrieveAttempt: (request: RetrieveRequest) => Promise<AttemptOutcome | NotFound>;
  retrieveOperation: (request: RetrieveOperation) => Promise<OperationOutcome | NotFound>;
  /** What moved in that time, for reconciliation. Throws where the list can't be had. */
  transactions: (span: Span) => AsyncIterable<ProviderTransaction>;
  /** Whether its keys work: asked at start and by the health check. */
  check: () => Promise<ProviderCheck>;
  webhooks: ProviderWebhooks;
};

export type ProviderAbilities = {
  methods: readonly PaymentMethodType[];
  /** Of one authorization. Where it is `one`, the first capture releases the rest. */
  captures: 'one' | 'many';
  /** How long an authorization holds, in milliseconds; its answer may name another time. */
  authorizationMs: number;
};

/** `fingerprint` is the same for the same card, whatever its tokens; `country` is its issuer's, ISO 3166-1 alpha-2. */
export type Card = { fingerprint: string | null; country: string | null };

export type Asked = { amount: number; currency: string; method: PaymentMethodType; token: string };

/** RFC 3339 UTC; `from` is inclusive, `to` is not. */
export type Span = { from: string; to: string };

/** A charge in one go is a capture of its own. `reference` is ours where the provider has kept it. Minor units of `currency`. */
export type ProviderTransaction = {
  kind: 'capture' | 'refund';
  reference: string | null;
  providerReference: string;
  amount: number;
  currency: string;
  at: string;
};

export type ProviderCheck = { status: 'ok' } | { status: 'misconfigured' | 'unreachable'; reason: string };

export type OperationKind = 'capture' | 'void' | 'refund';
export type NotFound = { status: 'not_found' };

/**
 * `reference` is ours: a UUID, appended to the payment's stream before the call, and the provider's idempotency key for it. The same
 * again gives the same answer and happens once. Amounts in minor units of `currency`.
 */
type Request = { reference: string; paymentId: string; amount: number; currency: string; traceparent?: string };

/** `capture` false: only authorize. */
export type ChargeRequest = Request & { capture: boolean; method: PaymentMethodType; token: string; returnUrl: string | null };

/** Of the charge whose reference is `attemptId` and which the provider calls `providerReference`. `final`: a capture that releases the rest. */
export type OperationRequest = Request & { attemptId: string; providerReference: string; final?: boolean };

/**
 * `providerReference` is the charge's; for an operation too, beside its own `reference`. `currency` is the payment's. `unanswered`: no call
 * for it was ever answered, so that `not_found` lets the same be sent again, with the same key; else it lets it be given up.
 */
export type RetrieveRequest = {
  reference: string;
  paymentId: string;
  attemptId: string;
  providerReference: string | null;
  currency: string;
  unanswered?: boolean;
};
/** `operationReference`: the provider's name for the operation, where it has told us one. */
export type RetrieveOperation = RetrieveRequest & { kind: OperationKind; operationReference: string | null };

export type ProviderWebhooks = {
  /** Over the raw bytes, in constant time; without I/O but for a certificate that isn't in memory yet. `eventId` is the provider's, unique with it. */
  verify: (body: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>) => Promise<VerifiedWebhook | { invalid: string }>;
  /** The answer to a provider that asks by GET whether we are who we say; undefined: no such question. */
  challenge?: (query: Readonly<Record<string, unknown>>) => string | undefined;
  /** What a verified body says; may ask the provider whose it is. Throws what should be tried again. */
  read: (body: string) => Promise<readonly Notice[]>;
};

export type VerifiedWebhook = { eventId: string; kind: string; paymentId: string | null };

/** News about one thing of one payment. */
export type Notice =
  | { about: 'attempt'; paymentId: string; attemptId: string; outcome: AttemptOutcome }
  | { about: OperationKind; paymentId: string; operationId: string; outcome: OperationOutcome }
  | { about: 'dispute'; paymentId: string; notice: DisputeNotice };
