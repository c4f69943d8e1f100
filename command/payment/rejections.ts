import type { PaymentRejection } from '../../domain/payment/commands.ts';
import { type HttpStatus, type Problem, problem } from '../../platform/http/problem.ts';

type Refusal = PaymentRejection | 'idempotency_key_reused';

const statusOf: Record<Refusal, HttpStatus> = {
  unknown_currency: 400,
  amount_invalid: 400,
  amount_not_representable: 400,
  payment_not_found: 404,
  payment_canceled: 409,
  payment_already_paid: 409,
  payment_already_authorized: 409,
  payment_processing: 409,
  payment_in_doubt: 409,
  payment_requires_action: 409,
  payment_in_review: 409,
  payment_not_in_review: 409,
  payment_method_required: 400,
  payment_not_capturable: 409,
  capture_exceeds_authorized: 409,
  authorization_expired: 409,
  payment_not_refundable: 409,
  refund_exceeds_captured: 409,
  attempt_not_found: 404,
  capture_not_found: 404,
  void_not_found: 404,
  refund_not_found: 404,
  outcome_contradicts: 409,
  outcome_too_early: 409,
  dispute_before_capture: 409,
  dispute_exceeds_captured: 409,
  idempotency_key_reused: 422,
};

const details: Record<Refusal, string> = {
  unknown_currency: 'There is no such currency to pay in. Use a code of ISO 4217.',
  amount_invalid: 'The amount must be a whole number of minor units, 1 to 99,999,999,999.',
  amount_not_representable: 'The currency has no money for this amount: its smallest unit is larger.',
  payment_not_found: 'There is no payment with this id.',
  payment_canceled: 'The payment is canceled. Create another one.',
  payment_already_paid: 'The payment has been paid. To give money back, refund it.',
  payment_already_authorized: 'The payment is authorized already. Capture or cancel it.',
  payment_processing: 'An earlier step of the payment is not finished. Wait for its outcome.',
  payment_in_doubt: 'The outcome of an earlier step is not known yet; the provider is being asked. Wait until it is.',
  payment_requires_action:
    'The customer has to act first: send them to nextAction.url, or cancel the payment. Once they are back, process it without a payment method to go on.',
  payment_in_review: 'The payment waits for people: approve, reject or cancel it.',
  payment_not_in_review: 'The payment is not in review, or was decided already.',
  payment_method_required: 'Nothing waits for the customer that could go on: give a payment method.',
  payment_not_capturable: 'Nothing is authorized that could be captured.',
  authorization_expired: 'The time of the authorization is over: it is being released.',
  capture_exceeds_authorized: 'The amount is more than is left to capture; captures under way count.',
  payment_not_refundable: 'Nothing has been captured that could be refunded.',
  refund_exceeds_captured: 'The amount is more than is left to refund; refunds under way and disputes count.',
  attempt_not_found: 'The payment has no such attempt.',
  capture_not_found: 'The payment has no such capture.',
  void_not_found: 'The payment has no such void.',
  refund_not_found: 'The payment has no such refund.',
  outcome_too_early: 'Another step of the payment has to come to its end first.',
  outcome_contradicts: 'The provider contradicts what it said before.',
  dispute_before_capture: 'The payment has not been captured.',
  dispute_exceeds_captured: 'The dispute is about more than was captured.',
  idempotency_key_reused: 'The Idempotency-Key was used before with another request. Use a new key for a new request.',
};

const paths: Partial<Record<Refusal, string>> = {
  unknown_currency: 'currency',
  amount_invalid: 'amount',
  amount_not_representable: 'amount',
  payment_method_required: 'paymentMethod',
  capture_exceeds_authorized: 'amount',
  refund_exceeds_captured: 'amount',
  payment_not_found: 'path.id',
  idempotency_key_reused: 'header.idempotency-key',
};

/** The answer to a command that the rules refuse. */
export const refusal = (code: Refusal): Problem => {
  const path = paths[code];
  return problem(statusOf[code], code, { detail: details[code], ...(path && { errors: [{ path, message: details[code] }] }) });
};
