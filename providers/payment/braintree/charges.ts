import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { AttemptOutcome } from '../../../domain/payment/outcome.ts';
import type { Asked, ChargeRequest, PaymentProvider } from '../provider.ts';
import { toDecimal } from './amounts.ts';
import type { Gateway } from './gateway.ts';
import { sendOnce } from './once.ts';
import { orderIdOf } from './order-id.ts';
import { attemptOutcome, isDuplicate } from './outcomes.ts';
import { meansOf } from './refusals.ts';
import { nonceUsed, refused } from './refused.ts';
import { goneOr } from './standing.ts';
import { readTransaction, type Transaction } from './transaction.ts';

export type ChargeSettings = { gateway: Gateway; merchantAccounts: ReadonlyMap<string, string>; requestKeys: boolean };
type Standing = Pick<PaymentProvider, 'refuses' | 'retrieveAttempt'>;

const reused: AttemptOutcome = { status: 'not_sent', reason: 'the reference was used before, for another charge', retriable: false };

export const chargesAt = (settings: ChargeSettings, { refuses, retrieveAttempt }: Standing): Pick<PaymentProvider, 'charge' | 'resume'> => {
  const once = sendOnce<AttemptOutcome>();
  return {
    charge: async (request) => {
      const { reference, amount, currency, capture, token } = request;
      const reason = refuses(request satisfies Asked);
      if (reason !== undefined) return { status: 'not_sent', reason, retriable: false };
      const ask = () => retrieveAttempt({ ...request, attemptId: reference, providerReference: null });
      const send = () => sale(settings, request, ask);
      const outcome = await once(reference, [amount, currency, capture, token], { send, ask });
      return outcome.status === 'reused' ? reused : outcome;
    },
    // Whatever the customer had to approve, they did before there was a nonce.
    resume: async (request) => goneOr(await retrieveAttempt({ ...request, attemptId: request.reference })),
  };
};

const Sold = Type.Object({ transaction: Type.Unknown() });
export const transactionIn = (result: unknown): Transaction | undefined => (Value.Check(Sold, result) ? readTransaction(result.transaction) : undefined);

const sale = async (
  { gateway, merchantAccounts, requestKeys }: ChargeSettings,
  request: ChargeRequest,
  ask: () => ReturnType<PaymentProvider['retrieveAttempt']>,
): Promise<AttemptOutcome> => {
  const { reference, paymentId, currency, capture, token } = request;
  const means = meansOf(token);
  const amount = toDecimal(request.amount, currency);
  const merchantAccountId = merchantAccounts.get(currency);
  if (!means || amount === undefined || merchantAccountId === undefined) return { status: 'not_sent', reason: 'it cannot be expressed', retriable: false };
  const called = await gateway.call((sdk) =>
    sdk.transaction.sale({
      amount,
      merchantAccountId,
      orderId: orderIdOf({ paymentId, attemptId: reference, operationId: null }),
      ...means,
      options: { submitForSettlement: capture },
      ...(requestKeys && { apiRequestKey: reference }),
    }),
  );
  if (!('result' in called)) {
    const used = called.status === 'fault' && called.codes.some((code) => nonceUsed.includes(code));
    return (used && (await before(ask))) || refused(called);
  }
  const transaction = transactionIn(called.result);
  if (!transaction) return { status: 'unknown', reason: 'an answer of Braintree that cannot be read' };
  return (isDuplicate(transaction) && (await before(ask))) || attemptOutcome(transaction);
};

/** A used nonce or a duplicate may be the trace of the same charge, sent before: then that is how it stands. */
const before = async (ask: () => ReturnType<PaymentProvider['retrieveAttempt']>): Promise<AttemptOutcome | undefined> => {
  const answer = await ask();
  return answer.status === 'not_found' ? undefined : answer;
};
