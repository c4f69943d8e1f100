import { randomUUID } from 'node:crypto';
import type { ChargeRequest, OperationRequest, PaymentProvider, ProviderTransaction, RetrieveRequest } from '../provider.ts';

/** What moved at the provider for a charge and its operations: kind and amount, oldest first. */
export type Moved = readonly { kind: string; amount: number }[];

/**
 * How the next call that changes something ends, whatever it asks for. `before`: nothing is accepted, ever; `after`: it is. `slow`: no
 * answer within the adapter's time-out; `cut`: the connection breaks before the answer is whole; `html`, `half_json`: accepted, and the
 * answer can't be read; `other_amount`, `unknown_status`: accepted, and the answer speaks of another sum, or in words that nobody knows.
 */
export type Fault =
  | 'rate_limited'
  | 'error_before'
  | 'error_after'
  | 'slow_before'
  | 'slow_after'
  | 'cut_before'
  | 'cut_after'
  | 'html_after'
  | 'half_json_after'
  | 'other_amount'
  | 'unknown_status';

/** `strange`: about something that isn't ours. */
export type News = 'captured' | 'refunded' | 'dispute_opened' | 'dispute_won' | 'dispute_lost' | 'strange';
export type Delivery = { body: Buffer; headers: Record<string, string> };

export type ProviderUnderTest = {
  provider: PaymentProvider;
  moved: (attemptId: string) => Promise<Moved>;
  /** Makes the other side unreachable: the last thing that is asked. */
  breakDown: () => Promise<void>;
  close: () => Promise<void>;
  fault?: (fault: Fault) => void;
  /** The customer approves or refuses a charge that waits for them. */
  decide?: (charge: Charged, approve: boolean) => Promise<void>;
  /** The same, with keys that the other side doesn't take. */
  wrongKeys?: () => Promise<PaymentProvider>;
  /** A webhook as the other side sends it, or as a stranger or somebody who kept an old one would. Undefined: that flaw can't be. */
  webhook?: (news: News, about: Charged, flaw?: 'wrong_secret' | 'stale') => Promise<Delivery | undefined>;
};

export type Charged = { request: ChargeRequest; providerReference: string };

/** Which token makes the provider do what; a situation that a provider can't be put in is left out. */
export type Tokens = {
  success: string;
  declined: string;
  softDecline?: string;
  hardDecline?: string;
  requiresAction?: string;
  lostBefore?: string;
  lostAfter?: string;
  errorAfter?: string;
  /** Of other providers, or of nobody. */
  strangers?: readonly string[];
  /** Sums of currencies that the provider can't take exactly, or not at all. */
  inexpressible?: readonly { amount: number; currency: string }[];
  faults?: readonly Fault[];
  news?: readonly News[];
  /** False where the list of what moved comes too late for a test. */
  transactions?: false;
};

export type Suite = { tokens: Tokens; subject: () => ProviderUnderTest };

export const charge = (token: string, change: Partial<ChargeRequest> = {}): ChargeRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 10_000,
  currency: 'GBP',
  capture: true,
  method: 'card',
  token,
  returnUrl: 'https://shop.example/back',
  ...change,
});

/** Asks for a charge of which only our own reference is known. */
export const about = ({ reference, paymentId, currency }: ChargeRequest): RetrieveRequest => ({
  reference,
  paymentId,
  attemptId: reference,
  providerReference: null,
  currency,
});

export const operationOn =
  ({ request, providerReference }: Charged) =>
  (amount: number, reference: string = randomUUID()): OperationRequest => ({
    reference,
    paymentId: request.paymentId,
    amount,
    currency: request.currency,
    attemptId: request.reference,
    providerReference,
  });

/** A charge that was authorized and waits for its captures. */
export const authorized = async ({ tokens, subject }: Suite) => {
  const request = charge(tokens.success, { capture: false });
  const outcome = await subject().provider.charge(request);
  if (outcome.status !== 'authorized') throw new Error(`authorized was expected, not ${JSON.stringify(outcome)}`);
  const charged = { request, providerReference: outcome.providerReference };
  return { ...charged, operation: operationOn(charged) };
};

/** A charge that was captured in one go. */
export const captured = async ({ tokens, subject }: Suite) => {
  const request = charge(tokens.success);
  const outcome = await subject().provider.charge(request);
  if (outcome.status !== 'captured') throw new Error(`captured was expected, not ${JSON.stringify(outcome)}`);
  const charged = { request, providerReference: outcome.providerReference };
  return { ...charged, operation: operationOn(charged) };
};

export const listed = async (transactions: AsyncIterable<ProviderTransaction>): Promise<ProviderTransaction[]> => {
  const all: ProviderTransaction[] = [];
  for await (const one of transactions) all.push(one);
  return all;
};
