// https://docs.stripe.com/testing: what Stripe's test cards do.

export type Verdict = { kind: 'approved' } | { kind: 'asks' } | { kind: 'declined'; code: string; decline_code: string } | undefined;

const card = (decline_code: string, code = 'card_declined'): Verdict => ({ kind: 'declined', code, decline_code });

const verdicts: Readonly<Record<string, Verdict>> = {
  pm_card_visa: { kind: 'approved' },
  pm_card_mastercard: { kind: 'approved' },
  pm_card_createDispute: { kind: 'approved' },
  pm_card_pendingRefund: { kind: 'approved' },
  pm_card_refundFail: { kind: 'approved' },
  pm_card_authenticationRequired: { kind: 'asks' },
  pm_card_threeDSecure2Required: { kind: 'asks' },
  pm_card_chargeDeclined: card('generic_decline'),
  pm_card_visa_chargeDeclined: card('generic_decline'),
  pm_card_visa_chargeDeclinedInsufficientFunds: card('insufficient_funds'),
  pm_card_visa_chargeDeclinedLostCard: card('lost_card'),
  pm_card_visa_chargeDeclinedStolenCard: card('stolen_card'),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: card('card_velocity_exceeded'),
  pm_card_chargeDeclinedExpiredCard: card('expired_card', 'expired_card'),
  pm_card_chargeDeclinedIncorrectCvc: card('incorrect_cvc', 'incorrect_cvc'),
  pm_card_chargeDeclinedProcessingError: card('processing_error', 'processing_error'),
  pm_card_radarBlock: card('fraudulent'),
  pm_card_visa_debit: { kind: 'approved' },
};

/** Undefined: there is no such payment method. */
export const verdictOf = (method: string): Verdict => (Object.hasOwn(verdicts, method) ? verdicts[method] : undefined);

export const refundStatus = (method: string): string => ({ pm_card_pendingRefund: 'pending', pm_card_refundFail: 'failed' })[method] ?? 'succeeded';
