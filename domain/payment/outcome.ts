// What a provider can answer, in the domain's words. Adapters speak them (providers/payment/provider.ts), commands carry them.

export type PaymentMethodType = 'card' | 'paypal' | 'wallet' | 'local';

/** Whether another try with the same means can ever work. */
export type DeclineKind = 'hard' | 'soft';

/** The closed list of decline codes, each with its kind; a provider's own code is kept beside it. */
export const declineKinds = {
  generic: 'hard',
  do_not_honor: 'hard',
  insufficient_funds: 'soft',
  limit_exceeded: 'soft',
  lost_card: 'hard',
  stolen_card: 'hard',
  restricted_card: 'hard',
  invalid_card: 'hard',
  invalid_account: 'hard',
  expired_card: 'hard',
  incorrect_cvc: 'hard',
  incorrect_address: 'hard',
  card_not_supported: 'hard',
  invalid_amount: 'hard',
  fraudulent: 'hard',
  /** The customer has told the bank to let this merchant take no more. */
  revoked: 'hard',
  /** The same was taken a moment ago. */
  duplicate: 'hard',
  /** The bank wants the customer to confirm it, and they weren't asked. */
  authentication_required: 'soft',
  authentication_failed: 'soft',
  issuer_unavailable: 'soft',
  processing_error: 'soft',
  /** Nothing is wrong with the customer's means: the provider or the bank doesn't take it from this merchant's account there. */
  merchant_refused: 'soft',
  /** Called off, by the customer or because they let the time pass, before it was decided. */
  canceled: 'soft',
} as const satisfies Record<string, DeclineKind>;
export type DeclineCode = keyof typeof declineKinds;

/** What the customer has to do: be sent to `url`. */
export type NextAction = { type: 'redirect'; url: string };

/** `retriable`: the same again may work, because the provider was not reached; else something has to be changed first. */
export type NotSent = { status: 'not_sent'; reason: string; retriable: boolean };

/**
 * How a charge or an authorization stands. `not_sent`: certainly never happened. `unknown`: may have happened. Amounts are those that
 * the provider names, in minor units: they must be those that were asked for. `expiresAt`: when the authorization ends, RFC 3339 UTC.
 * An `unknown` may name what it is to be asked for by.
 */
export type AttemptOutcome =
  | { status: 'authorized'; providerReference: string; amount: number; currency: string; expiresAt?: string }
  | { status: 'captured'; providerReference: string; amount: number; currency: string }
  | { status: 'declined'; code: DeclineCode; providerCode: string; message: string; providerReference: string | null }
  | { status: 'requires_action'; providerReference: string; action: NextAction }
  | { status: 'pending'; providerReference: string }
  | NotSent
  | { status: 'unknown'; reason: string; providerReference?: string }
  /** Of a charge; an authorization takes nothing that could come back. */
  | Reversed;

/**
 * It was done, and the provider has undone it since: final, whatever is heard after it. Only where the provider's own answer shows that, or
 * where what it says can't change any more.
 */
export type Reversed = { status: 'reversed'; providerReference: string; code: string; message: string };

/** How a capture, a void or a refund stands. */
export type OperationOutcome =
  | { status: 'succeeded'; providerReference: string; amount: number; currency: string }
  | { status: 'failed'; code: string; message: string }
  | { status: 'pending'; providerReference: string }
  | NotSent
  | { status: 'unknown'; reason: string }
  | Reversed;

/**
 * What became of a dispute; the sum and the charge are named each time, because its notices come in any order. An inquiry is a question
 * that moves no money; it may become a dispute. The sum of one that is `lost` is what was lost, which may be less than was disputed.
 */
export type DisputeNotice = {
  disputeId: string;
  attemptId: string;
  change: 'inquiry' | 'inquiry_closed' | 'opened' | 'won' | 'lost';
  amount: number;
  currency: string;
  reason: string | null;
  /** Until when evidence is taken, RFC 3339 UTC. */
  evidenceDueBy: string | null;
};
