import type { AttemptOutcome, DeclineCode, OperationOutcome } from '../../../domain/payment/outcome.ts';
import { fromPayPal, type PayPalMoney } from './amounts.ts';
import { type Authorization, type Capture, type Order, type Problem, type Refund, unitOf } from './answers.ts';
import type { Answer, Refusal, Unknown } from './client.ts';
import { declineOfIssue, declineOfProcessor } from './declines.ts';
import { belongingOf } from './references.ts';

/** Of an order that nobody was asked to pay, and from which nothing was taken. */
export type Untouched = { status: 'untouched' };

/** How a charge stands, going by its order: by the hold, else by what was taken in one go, else by the order itself. */
export const standingOf = (order: Order, webUrl: string): AttemptOutcome | Untouched => {
  const { authorizations = [], captures = [] } = unitOf(order)?.payments ?? {};
  const hold = authorizations.find(({ status }) => status !== 'DENIED') ?? authorizations[0];
  if (hold) return standingOfAuthorization(hold, order.id);
  const taken = captures.find(({ status }) => !failures.includes(status)) ?? captures[0];
  if (taken) return standingOfCapture(taken, order.id);
  if (belongingOf(unitOf(order)?.custom_id)?.releasedBy) return declined('canceled', 'RELEASED', 'the order was called off', order.id);
  switch (order.status) {
    case 'CREATED':
      return { status: 'untouched' };
    case 'SAVED':
    case 'APPROVED':
    case 'PAYER_ACTION_REQUIRED':
      return actionOn(order, webUrl);
    case 'VOIDED':
      return declined('canceled', 'VOIDED', 'the order was called off', order.id);
    default:
      return unclear(`an order that is ${order.status}, without a payment`, order.id);
  }
};

/** What the bank of a card found out about its owner, where it has asked. Undefined: nothing that forbids to go on. */
export const refusedByBank = (order: Order): AttemptOutcome | undefined => {
  const found = authenticationOf(order);
  if (found === undefined || recognized.includes(found)) return undefined;
  return declined('authentication_failed', `3DS_${found}`, 'the bank of the card did not recognize its owner', order.id);
};

export const authenticationOf = (order: Order): string | undefined => order.payment_source?.card?.authentication_result?.three_d_secure?.authentication_status;

/** Yes, or at least attempted; the others are no, rejected, and nobody could tell. */
const recognized: readonly string[] = ['Y', 'A'];

/** `orderId` is what we call the charge by, for as long as it lives. */
export const standingOfAuthorization = (hold: Authorization, orderId: string): AttemptOutcome => {
  switch (hold.status) {
    case 'CREATED':
    case 'CAPTURED':
    case 'PARTIALLY_CAPTURED': {
      const expiresAt = instant(hold.expiration_time);
      return withSum(hold.amount, orderId, (sum) => ({ status: 'authorized', providerReference: orderId, ...sum, ...(expiresAt && { expiresAt }) }));
    }
    case 'PENDING':
      return { status: 'pending', providerReference: orderId };
    case 'DENIED':
      return declinedBy(hold, orderId);
    case 'VOIDED':
    case 'EXPIRED':
      return declined('canceled', hold.status, 'the authorization was released', orderId);
    default:
      return unclear(`an authorization that is ${hold.status}`, orderId);
  }
};

/** Refunds don't change that it was taken. */
export const standingOfCapture = (taken: Capture, orderId: string): AttemptOutcome => {
  if (successes.includes(taken.status)) return withSum(taken.amount, orderId, (sum) => ({ status: 'captured', providerReference: orderId, ...sum }));
  if (taken.status === 'PENDING') return { status: 'pending', providerReference: orderId };
  return failures.includes(taken.status) ? declinedBy(taken, orderId) : unclear(`a capture that is ${taken.status}`, orderId);
};

const successes: readonly string[] = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'];
/** `DENIED` is what webhooks and older accounts say for `DECLINED`. */
const failures: readonly string[] = ['DECLINED', 'DENIED', 'FAILED'];

export const tookNothing = ({ status }: Pick<Capture, 'status'>): boolean => failures.includes(status);

/** How a capture of an authorization stands. */
export const outcomeOfCapture = (capture: Capture): OperationOutcome => {
  if (successes.includes(capture.status)) return succeeded(capture);
  if (capture.status === 'PENDING') return { status: 'pending', providerReference: capture.id };
  if (!failures.includes(capture.status)) return unclear(`a capture that is ${capture.status}`);
  const why = capture.processor_response?.response_code ?? capture.status_details?.reason ?? capture.status;
  return { status: 'failed', code: declineOfProcessor(capture.processor_response ?? {}), message: `PayPal declined the capture: ${why}` };
};

export const outcomeOfRefund = (refund: Refund): OperationOutcome => {
  switch (refund.status) {
    case 'COMPLETED':
      return succeeded(refund);
    case 'PENDING':
      return { status: 'pending', providerReference: refund.id };
    case 'FAILED':
    case 'CANCELLED': {
      const why = { code: `refund_${refund.status.toLowerCase()}`, message: refund.status_details?.reason ?? `PayPal: ${refund.status}` };
      // The payer's bank may send it back after it was completed; nothing comes after that.
      return refund.status === 'FAILED' ? { status: 'reversed', providerReference: refund.id, ...why } : { status: 'failed', ...why };
    }
    default:
      return unclear(`a refund that is ${refund.status}`);
  }
};

/** PayPal refused to take it. What is no decline says that the request, our account or the order is not as it has to be. */
export const outcomeOfRefusal = ({ issue, message }: Refusal, orderId: string | null): AttemptOutcome => {
  const code = declineOfIssue(issue);
  if (code) return declined(code, issue, message, orderId);
  // It bears our own reference: something was taken in its name, in an order that we don't know of. This one tells nothing of it.
  if (issue === 'DUPLICATE_INVOICE_ID') return unclear('another payment with our reference');
  if (issue === 'ORDER_COMPLETION_IN_PROGRESS' && orderId !== null) return { status: 'pending', providerReference: orderId };
  return { status: 'not_sent', reason: `${issue}: ${message}`, retriable: false };
};

/** Whatever an operation was answered with but success. A request that is malformed or not allowed changes nothing: it was not sent. */
export const outcomeOfFailure = (answer: Exclude<Answer<unknown>, { status: 'answered' }>): OperationOutcome => {
  if (answer.status !== 'refused') return answer;
  const { http, issue, message } = answer;
  if (issue === 'DUPLICATE_INVOICE_ID') return unclear('another operation with our reference');
  if (http === 422 || http === 404) return { status: 'failed', code: issue.toLowerCase(), message };
  return { status: 'not_sent', reason: `${issue}: ${message}`, retriable: false };
};

export const declined = (code: DeclineCode, providerCode: string, message: string, providerReference: string | null): AttemptOutcome => ({
  status: 'declined',
  code,
  providerCode,
  message,
  providerReference,
});

const declinedBy = ({ status, processor_response: processor = {}, status_details: details }: Capture | Authorization, orderId: string): AttemptOutcome => {
  const providerCode = processor.response_code ?? details?.reason ?? status;
  return declined(declineOfProcessor(processor), providerCode, `PayPal: ${status}`, orderId);
};

/** The page where the payer approves. Both names of the link are PayPal's. */
export const actionOn = ({ id, links }: { id: string; links?: Problem['links'] }, webUrl: string): AttemptOutcome => {
  const link = links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve');
  return { status: 'requires_action', providerReference: id, action: { type: 'redirect', url: link?.href ?? `${webUrl}/checkoutnow?token=${id}` } };
};

const succeeded = ({ id, amount }: Pick<Refund, 'id' | 'amount'>): OperationOutcome => {
  const sum = fromPayPal(amount);
  return sum ? { status: 'succeeded', providerReference: id, ...sum } : unclear(`${amount.value} ${amount.currency_code}`);
};

const withSum = (money: PayPalMoney, orderId: string, outcome: (sum: { amount: number; currency: string }) => AttemptOutcome): AttemptOutcome => {
  const sum = fromPayPal(money);
  return sum ? outcome(sum) : unclear(`${money.value} ${money.currency_code}`, orderId);
};

const unclear = (what: string, providerReference?: string): Unknown & { providerReference?: string } => ({
  status: 'unknown',
  reason: `PayPal speaks of ${what}`,
  ...(providerReference !== undefined && { providerReference }),
});

/** PayPal's times may bear an offset. */
const instant = (time: string | undefined): string | undefined => {
  const at = new Date(time ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};
