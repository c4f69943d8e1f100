import type { AttemptOutcome, OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { NotFound, PaymentProvider, RetrieveOperation, RetrieveRequest } from '../provider.ts';
import { fromDecimal } from './amounts.ts';
import type { CallFault, Gateway } from './gateway.ts';
import { orderIdOf, readOrderId } from './order-id.ts';
import { attemptOutcome, isDuplicate, operationOutcome, standingOf, wasGivenBack } from './outcomes.ts';
import { find, search } from './search.ts';
import { partsOf, type Transaction } from './transaction.ts';

const notFound: NotFound = { status: 'not_found' };

/** A question that failed says nothing of what it was about, even where it was not sent. */
const unanswered = (fault: CallFault): NotFound | { status: 'unknown'; reason: string } => {
  if (fault.status === 'not_found') return notFound;
  return { status: 'unknown', reason: fault.status === 'fault' ? fault.message : fault.reason };
};

/** How it stands at Braintree: by its own name where we know it, else by our reference, which is in the order id. */
export const standingAt = (gateway: Gateway): Pick<PaymentProvider, 'retrieveAttempt' | 'retrieveOperation'> => ({
  retrieveAttempt: async (request) => {
    const charge = await chargeOf(gateway, { ...request, attemptId: request.reference });
    return 'transaction' in charge ? attemptOutcome(charge.transaction) : charge;
  },
  retrieveOperation: async (request) => {
    if (request.kind === 'refund') return refundOf(gateway, request);
    const charge = await chargeOf(gateway, request);
    if (!('transaction' in charge)) return charge;
    return request.kind === 'void' ? voidOutcome(gateway, charge.transaction) : captureOf(gateway, request, charge.transaction);
  },
});

type Answer<T> = T | NotFound | { status: 'unknown'; reason: string };

const chargeOf = async (gateway: Gateway, { paymentId, attemptId, providerReference }: RetrieveRequest): Promise<Answer<{ transaction: Transaction }>> => {
  if (providerReference !== null) {
    const found = await find(gateway, providerReference);
    return 'transaction' in found ? found : unanswered(found);
  }
  const found = await search(gateway, { orderId: { startsWith: orderIdOf({ paymentId, attemptId, operationId: null }) } });
  if (!('found' in found)) return unanswered(found);
  const charges = found.found.filter(({ type, authorizedTransactionId }) => type === 'sale' && !authorizedTransactionId);
  // What was sent twice is rejected the second time: the other says how it stands.
  const transaction = charges.find((one) => standingOf(one) !== 'declined') ?? charges.find((one) => !isDuplicate(one)) ?? charges[0];
  return transaction ? { transaction } : notFound;
};

const captureOf = async (gateway: Gateway, { paymentId, attemptId, reference }: RetrieveOperation, charge: Transaction): Promise<Answer<OperationOutcome>> => {
  const operationId = readOrderId(charge.orderId)?.operationId ?? null;
  const taken = standingOf(charge) !== 'authorized' && charge.status !== 'voided';
  // Where the processor keeps the order id of the authorization, it can only be this one.
  if (operationId === reference || (operationId === null && taken)) return operationOutcome(charge);
  if (partsOf(charge).length === 0) return notFound;
  const found = await search(gateway, { orderId: { is: orderIdOf({ paymentId, attemptId, operationId: reference }) } });
  if (!('found' in found)) return unanswered(found);
  const part = found.found.find(({ type }) => type === 'sale');
  return part ? operationOutcome(part) : notFound;
};

const refundOf = async (gateway: Gateway, request: RetrieveOperation): Promise<Answer<OperationOutcome>> => {
  const { paymentId, attemptId, reference } = request;
  const found = await search(gateway, { orderId: { startsWith: orderIdOf({ paymentId, attemptId, operationId: null }) } });
  if (!('found' in found)) return unanswered(found);
  const credit = found.found.find(({ type, orderId }) => type === 'credit' && readOrderId(orderId)?.operationId === reference);
  if (credit) return operationOutcome(credit);
  const givenBack = found.found.find(wasGivenBack);
  return givenBack ? returned(givenBack) : notFound;
};

/** The whole of a charge was given back by voiding it. */
export const returned = ({ id, amount: text, currencyIsoCode: currency }: Transaction): OperationOutcome => {
  const amount = fromDecimal(text, currency);
  if (amount === undefined) return { status: 'unknown', reason: 'Braintree speaks of a sum that cannot be read' };
  return { status: 'succeeded', providerReference: id, amount, currency };
};

/** Releases what is left of an authorization: what its captures have taken stays. */
export const voidOutcome = async (gateway: Gateway, transaction: Transaction): Promise<Answer<OperationOutcome>> => {
  if (transaction.status !== 'voided') return notFound;
  const whole = returned(transaction);
  const ids = partsOf(transaction);
  if (ids.length === 0 || whole.status !== 'succeeded') return whole;
  const parts = await search(gateway, { ids });
  if (!('found' in parts)) return unanswered(parts);
  const taken = parts.found.map(attemptOutcome).reduce((sum, part) => sum + ('amount' in part ? part.amount : 0), 0);
  return { ...whole, amount: whole.amount - taken };
};

export const goneOr = (answer: AttemptOutcome | NotFound): AttemptOutcome =>
  answer.status === 'not_found' ? { status: 'not_sent', reason: 'Braintree has no record of it', retriable: false } : answer;
