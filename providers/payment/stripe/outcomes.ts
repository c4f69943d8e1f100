import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { AttemptOutcome, OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { NotFound } from '../provider.ts';
import { fromStripe } from './amounts.ts';
import type { Failure } from './calls.ts';
import { declineOf } from './declines.ts';
import { type Intent, intentShape, type Refund } from './shapes.ts';

const unknown = (reason: string) => ({ status: 'unknown' as const, reason });
export const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** How a charge stands. https://docs.stripe.com/payments/paymentintents/lifecycle */
export const attemptOutcome = (intent: Intent): AttemptOutcome => {
  const { id, status, amount_received, amount_capturable, cancellation_reason, last_payment_error } = intent;
  const providerReference = id;
  switch (status) {
    case 'succeeded':
      return moved('captured', intent, amount_received);
    case 'requires_capture':
      return moved('authorized', intent, amount_capturable + amount_received);
    case 'requires_action':
      return actionOf(intent);
    case 'processing':
      return { status: 'pending', providerReference };
    case 'canceled': {
      if (amount_received > 0) return moved('captured', intent, amount_received);
      return {
        status: 'declined',
        code: 'canceled',
        providerCode: cancellation_reason ?? 'canceled',
        message: 'The payment was called off.',
        providerReference,
      };
    }
    case 'requires_payment_method':
      return last_payment_error
        ? declined(last_payment_error, providerReference)
        : { ...unknown('Stripe has made it and not tried it yet'), providerReference };
    case 'requires_confirmation':
      return { ...unknown('Stripe waits for its confirmation'), providerReference };
    default:
      return { ...unknown(`Stripe calls its status ${status.slice(0, 50)}`), providerReference };
  }
};

const moved = (status: 'captured' | 'authorized', intent: Intent, amount: number): AttemptOutcome => {
  const money = fromStripe(amount, intent.currency);
  if (!money) return { ...unknown('Stripe speaks of a sum that is none'), providerReference: intent.id };
  const until = status === 'authorized' && typeof intent.latest_charge === 'object' ? intent.latest_charge?.payment_method_details?.card?.capture_before : null;
  return { status, providerReference: intent.id, ...money, ...(until && { expiresAt: timeOf(until) }) };
};

type Reason = { code?: string | null | undefined; decline_code?: string | null | undefined; message?: string | null | undefined };

const declined = (reason: Reason, providerReference: string | null): AttemptOutcome => {
  const [code, decline_code] = [reason.code ?? undefined, reason.decline_code ?? undefined];
  const message = reason.message || 'The payment was declined.';
  return { status: 'declined', code: declineOf({ code, decline_code }), providerCode: decline_code ?? code ?? 'declined', message, providerReference };
};

// Wherever Stripe sends customers: a page of their bank, of a wallet, or its own with a code to scan or a voucher to print.
const Link = Type.Optional(Type.String({ pattern: '^https?://' }));
const pageShape = Compile(Type.Object({ url: Link, hosted_instructions_url: Link, hosted_voucher_url: Link }));

const actionOf = ({ id, next_action }: Intent): AttemptOutcome => {
  const details = next_action && Object.entries(next_action).find(([key]) => key === next_action.type)?.[1];
  const url = pageShape.Check(details) ? (details.url ?? details.hosted_instructions_url ?? details.hosted_voucher_url) : undefined;
  return url
    ? { status: 'requires_action', providerReference: id, action: { type: 'redirect', url } }
    : { ...unknown(`Stripe asks the customer for ${next_action?.type.slice(0, 50) ?? 'something'}, for which it names no page`), providerReference: id };
};

/** How a charge ended that got no answer, or not the one that was hoped for. */
export const attemptFailure = (failure: Failure): AttemptOutcome => {
  switch (failure.status) {
    case 'declined':
      return declined(failure, intentShape.Check(failure.intent) ? failure.intent.id : null);
    case 'refused':
      return { status: 'not_sent', reason: `${failure.code}: ${failure.message}`, retriable: false };
    case 'not_sent':
    case 'unknown':
      return failure;
  }
};

export const operationFailure = (failure: Failure): OperationOutcome => {
  switch (failure.status) {
    case 'declined':
      return { status: 'failed', code: failure.decline_code ?? failure.code ?? 'declined', message: failure.message };
    case 'refused':
      return { status: 'failed', code: failure.code, message: failure.message };
    case 'not_sent':
    case 'unknown':
      return failure;
  }
};

/** Each capture leaves its reference and sum in the intent's metadata, in the same request: at most 40 characters, as it may be. */
export const captureMark = (reference: string): string => `cap_${reference}`;

export const captureMarks = ({ metadata }: Intent): readonly { reference: string; amount: number }[] =>
  Object.entries(metadata).flatMap(([key, value]) =>
    key.startsWith('cap_') && /^\d{1,15}$/.test(value) ? [{ reference: key.slice(4), amount: Number(value) }] : [],
  );

/** How the capture of that reference stands. The marks must add up to what Stripe says it received; a single one is whatever that is. */
export const captureOutcome = (intent: Intent, reference: string): OperationOutcome | NotFound => {
  const marks = captureMarks(intent);
  const mark = marks.find((one) => one.reference === reference);
  if (!mark) return { status: 'not_found' };
  const providerReference = (typeof intent.latest_charge === 'object' ? intent.latest_charge?.id : intent.latest_charge) ?? intent.id;
  if (intent.status === 'processing') return { status: 'pending', providerReference };
  if (intent.status !== 'succeeded' && intent.status !== 'requires_capture')
    return unknown(`Stripe calls the charge ${intent.status.slice(0, 50)} after its capture`);
  const all = marks.reduce((sum, { amount }) => sum + amount, 0);
  if (marks.length > 1 && all !== intent.amount_received) return unknown('Stripe has received another sum than its captures add up to');
  const money = fromStripe(marks.length > 1 ? mark.amount : intent.amount_received, intent.currency);
  return money ? { status: 'succeeded', providerReference, ...money } : unknown('Stripe speaks of a sum that is none');
};

/** Whether nothing is held any more that wasn't captured. What is left after a part was captured may be released by that, or by itself. */
export const voidOutcome = (intent: Intent): OperationOutcome | NotFound => {
  const released = intent.status === 'canceled' || (intent.status === 'succeeded' && intent.amount_received < intent.amount);
  if (!released) return { status: 'not_found' };
  const money = fromStripe(intent.amount - intent.amount_received, intent.currency);
  return money ? { status: 'succeeded', providerReference: intent.id, ...money } : unknown('Stripe speaks of a sum that is none');
};

/** https://docs.stripe.com/refunds#failed-refunds */
export const refundOutcome = ({ id, status, amount, currency, failure_reason }: Refund): OperationOutcome => {
  const money = fromStripe(amount, currency);
  if (!money) return unknown('Stripe speaks of a sum that is none');
  switch (status) {
    case 'succeeded':
      return { status: 'succeeded', providerReference: id, ...money };
    case 'pending':
    case 'requires_action':
      return { status: 'pending', providerReference: id };
    case 'failed':
      // Mostly days after it had succeeded; nothing comes after it.
      return { status: 'reversed', providerReference: id, code: failure_reason ?? status, message: 'The refund failed.' };
    case 'canceled':
      return { status: 'failed', code: failure_reason ?? status, message: 'The refund was called off.' };
    default:
      return unknown(`Stripe calls the refund ${String(status).slice(0, 50)}`);
  }
};
