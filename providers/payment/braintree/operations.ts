import type { OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { OperationKind, OperationRequest, PaymentProvider } from '../provider.ts';
import { fromDecimal, toDecimal } from './amounts.ts';
import { transactionIn } from './charges.ts';
import type { Called, Gateway } from './gateway.ts';
import { sendOnce } from './once.ts';
import { orderIdOf } from './order-id.ts';
import { operationOutcome, standingOf } from './outcomes.ts';
import { operationRefused, refused } from './refused.ts';
import { find, search } from './search.ts';
import { returned, voidOutcome } from './standing.ts';
import { partsOf, type Transaction } from './transaction.ts';

export type OperationSettings = { gateway: Gateway; requestKeys: boolean; partialSettlements: boolean };

const reused: OperationOutcome = { status: 'not_sent', reason: 'the reference was used before, for another operation', retriable: false };
const unreadable: OperationOutcome = { status: 'unknown', reason: 'an answer of Braintree that cannot be read' };
const inexact: OperationOutcome = { status: 'not_sent', reason: 'the sum cannot be expressed exactly', retriable: false };

export const operationsAt = (
  settings: OperationSettings,
  { retrieveOperation }: Pick<PaymentProvider, 'retrieveOperation'>,
): Pick<PaymentProvider, OperationKind> => {
  const once = sendOnce<OperationOutcome>();
  const make =
    (kind: OperationKind, send: (settings: OperationSettings, request: OperationRequest) => Promise<OperationOutcome>): PaymentProvider[OperationKind] =>
    async (request) => {
      const ask = () => retrieveOperation({ ...request, kind, operationReference: null });
      const { reference, amount, currency, providerReference } = request;
      const outcome = await once(reference, [kind, amount, currency, providerReference], { send: () => send(settings, request), ask });
      return outcome.status === 'reused' ? reused : outcome;
    };
  return { capture: make('capture', capture), void: make('void', release), refund: make('refund', refund) };
};

/** `how` it is asked for: what was asked for in one way, and refused, may be asked for in another, which is another request. */
const detailsOf = ({ requestKeys }: OperationSettings, { reference, paymentId, attemptId }: OperationRequest, how: string) => ({
  orderId: orderIdOf({ paymentId, attemptId, operationId: reference }),
  ...(requestKeys && { apiRequestKey: `${reference}_${how}` }),
});

const answerTo = (called: Called): OperationOutcome => {
  if (!('result' in called)) return operationRefused(called);
  const transaction = transactionIn(called.result);
  return transaction ? operationOutcome(transaction) : unreadable;
};

/** What a validation error asks to be done otherwise. */
const orderIdFixed = '915107';
const partsUnsupported = '915102';
const notSettled = '91506';
const says = (called: Called, code: string): boolean => !('result' in called) && called.status === 'fault' && called.codes.includes(code);

const capture = async (settings: OperationSettings, request: OperationRequest): Promise<OperationOutcome> => {
  const amount = toDecimal(request.amount, request.currency);
  if (amount === undefined) return inexact;
  if (!settings.partialSettlements) return answerTo(await captureAll(settings, request, amount));
  const { gateway } = settings;
  const details = { ...detailsOf(settings, request, 'part'), ...(request.final && { finalCapture: true }) };
  const called = await gateway.call((sdk) => sdk.transaction.submitForPartialSettlement(request.providerReference, amount, details));
  const alone = says(called, partsUnsupported) && (request.final || (await isAll(gateway, request)));
  return answerTo(alone ? await captureAll(settings, request, amount) : called);
};

/** The only capture: what it leaves is released. */
const captureAll = async (settings: OperationSettings, request: OperationRequest, amount: string): Promise<Called> => {
  const { gateway } = settings;
  const { providerReference: id } = request;
  const called = await gateway.call((sdk) => sdk.transaction.submitForSettlement(id, amount, detailsOf(settings, request, 'all')));
  // Some processors keep the order id of the authorization: then ours of the capture is nowhere.
  return says(called, orderIdFixed) ? gateway.call((sdk) => sdk.transaction.submitForSettlement(id, amount, {})) : called;
};

const isAll = async (gateway: Gateway, { providerReference, amount, currency }: OperationRequest): Promise<boolean> => {
  const found = await find(gateway, providerReference);
  return 'transaction' in found && fromDecimal(found.transaction.amount, currency) === amount;
};

const release = async (settings: OperationSettings, request: OperationRequest): Promise<OperationOutcome> => {
  const { orderId: _, ...keys } = detailsOf(settings, request, 'void');
  const called = await settings.gateway.call((sdk) => sdk.transaction.void(request.providerReference, keys));
  if (!('result' in called)) return operationRefused(called);
  const transaction = transactionIn(called.result);
  if (!transaction) return unreadable;
  const outcome = await voidOutcome(settings.gateway, transaction);
  return outcome.status === 'not_found' ? { status: 'unknown', reason: 'Braintree answered, and it is not voided' } : outcome;
};

/**
 * Braintree refunds only what has settled, some hours or a day after it was submitted. Until then the whole of it can be voided, which
 * gives it back too; a part has to wait.
 */
const refund = async (settings: OperationSettings, request: OperationRequest): Promise<OperationOutcome> => {
  const { gateway } = settings;
  const amount = toDecimal(request.amount, request.currency);
  if (amount === undefined) return inexact;
  const from = await refundable(gateway, request);
  if (!('transaction' in from)) return from;
  const { id } = from.transaction;
  const called = await gateway.call((sdk) => sdk.transaction.refund(id, { amount, ...detailsOf(settings, request, 'refund') }));
  const whole = fromDecimal(from.transaction.amount, request.currency) === request.amount;
  if (!says(called, notSettled) || !whole || from.transaction.status === 'authorized') return answerTo(called);
  const voided = await gateway.call((sdk) => sdk.transaction.void(id, {}));
  if (!('result' in voided)) return operationRefused(voided);
  const transaction = transactionIn(voided.result);
  return transaction?.status === 'voided' ? returned(transaction) : unreadable;
};

/** What the refund is taken from: the charge, or, where parts of it were captured one by one, the first of those that has enough left. */
const refundable = async (gateway: Gateway, request: OperationRequest): Promise<{ transaction: Transaction } | OperationOutcome> => {
  const { providerReference, paymentId, attemptId, amount } = request;
  const found = await find(gateway, providerReference);
  if (!('transaction' in found)) return notAsked(refused(found));
  if (partsOf(found.transaction).length === 0) return found;
  const all = await search(gateway, { orderId: { startsWith: orderIdOf({ paymentId, attemptId, operationId: null }) } });
  if (!('found' in all)) return notAsked(refused(all));
  const transaction = all.found.find((part) => part.type === 'sale' && part.authorizedTransactionId === providerReference && leftOf(part, all.found) >= amount);
  if (transaction) return { transaction };
  return { status: 'failed', code: 'exceeds_one_capture', message: 'Braintree refunds each partial capture by itself, and none has as much left.' };
};

const leftOf = (part: Transaction, all: readonly Transaction[]): number => {
  const credits = all.filter((one) => one.refundedTransactionId === part.id && standingOf(one) !== 'declined');
  const sumOf = ({ amount, currencyIsoCode }: Transaction) => fromDecimal(amount, currencyIsoCode) ?? 0;
  return credits.reduce((left, credit) => left - sumOf(credit), sumOf(part));
};

/** Only a question failed: nothing was refunded. */
const notAsked = (outcome: OperationOutcome): OperationOutcome =>
  outcome.status === 'unknown' ? { ...outcome, status: 'not_sent', retriable: true } : outcome;
