import type { AttemptOutcome, DeclineCode, OperationOutcome } from '../../../domain/payment/outcome.ts';
import { fromDecimal } from './amounts.ts';
import { declinedByProcessor, rejectedByGateway } from './declines.ts';
import { partsOf, stood, type Transaction } from './transaction.ts';

/**
 * Statuses: developer.paypal.com/braintree/docs/reference/general/statuses. `taken`: for the merchant it is captured once it is submitted,
 * as with every card processor; the batch of the day moves the money.
 */
type Standing = 'authorized' | 'pending' | 'taken' | 'declined' | 'unrecognized';
const standings: Readonly<Record<string, Standing>> = {
  authorizing: 'pending',
  authorized: 'authorized',
  authorization_expired: 'declined',
  submitted_for_settlement: 'taken',
  settling: 'taken',
  settled: 'taken',
  settlement_confirmed: 'taken',
  settlement_pending: 'pending',
  settlement_declined: 'declined',
  processor_declined: 'declined',
  gateway_rejected: 'declined',
  failed: 'declined',
  voided: 'declined',
};

/** A direct debit is known to be paid only when it has settled, days after it was submitted. */
const debits: readonly string[] = ['us_bank_account', 'sepa_debit_account'];
const onItsWay: readonly string[] = ['submitted_for_settlement', 'settling'];

export const standingOf = (transaction: Transaction): Standing => {
  const { status, type, paymentInstrumentType } = transaction;
  const standing = Object.hasOwn(standings, status) ? (standings[status] ?? 'unrecognized') : 'unrecognized';
  // What is captured in parts is taken by its parts: it stays an authorization, whatever it is called meanwhile.
  if (partsOf(transaction).length > 0 && (standing === 'pending' || standing === 'taken')) return 'authorized';
  if (type === 'sale' && onItsWay.includes(status) && debits.includes(paymentInstrumentType ?? '')) return 'pending';
  return standing;
};

/** Rejected because the same was sent a moment before. Our order ids being unique, that can only have been the same attempt. */
export const isDuplicate = ({ status, gatewayRejectionReason }: Transaction): boolean =>
  status === 'gateway_rejected' && gatewayRejectionReason === 'duplicate';

/** How a charge or an authorization stands. */
export const attemptOutcome = (transaction: Transaction): AttemptOutcome => {
  const { id: providerReference, currencyIsoCode: currency, status, authorizationExpiresAt } = transaction;
  const amount = fromDecimal(transaction.amount, currency);
  const standing = standingOf(transaction);
  switch (standing) {
    case 'pending':
      return { status: 'pending', providerReference };
    case 'declined':
      return isDuplicate(transaction) ? { status: 'unknown', reason: 'Braintree has it twice, and the first is not found yet' } : declineOf(transaction);
    case 'unrecognized':
      return { status: 'unknown', reason: `Braintree calls it ${nameOf(status)}` };
    case 'authorized':
    case 'taken': {
      if (amount === undefined) return { status: 'unknown', reason: 'Braintree speaks of a sum that cannot be read' };
      const success = { providerReference, amount, currency };
      if (standing === 'taken') return { status: 'captured', ...success };
      return { status: 'authorized', ...success, ...timeOf(authorizationExpiresAt, (expiresAt) => ({ expiresAt })) };
    }
  }
};

/** How a capture or a refund stands. */
export const operationOutcome = (transaction: Transaction): OperationOutcome => {
  const outcome = attemptOutcome(transaction);
  switch (outcome.status) {
    case 'captured':
      return { ...outcome, status: 'succeeded' };
    case 'authorized':
      return { status: 'pending', providerReference: outcome.providerReference };
    case 'declined':
      return { status: 'failed', code: outcome.code, message: outcome.message };
    case 'pending':
    case 'unknown':
    case 'not_sent':
    case 'reversed':
      return outcome;
    case 'requires_action':
      return { status: 'pending', providerReference: outcome.providerReference };
  }
};

const declineOf = (transaction: Transaction): AttemptOutcome => {
  const { id: providerReference, status, gatewayRejectionReason: reason } = transaction;
  const declined = (code: DeclineCode, providerCode: string, message: string): AttemptOutcome => ({
    status: 'declined',
    code,
    providerCode,
    message: message.slice(0, 300),
    providerReference,
  });
  const { processorResponseCode: code, processorResponseText: text } = transaction;
  const { processorSettlementResponseCode: settlementCode, processorSettlementResponseText: settlementText } = transaction;
  if (status === 'gateway_rejected')
    return declined(rejectedByGateway(reason ?? ''), reason || status, `Braintree's gateway rejected it: ${reason || 'no reason given'}.`);
  if (failures.includes(status) && wasTaken(transaction)) {
    const message = settlementText || text || 'It could not be settled.';
    return { status: 'reversed', providerReference, code: settlementCode || code || status, message: message.slice(0, 300) };
  }
  if (status === 'settlement_declined') return declined('processing_error', settlementCode || status, settlementText || 'The settlement was declined.');
  if (status === 'voided') return declined('canceled', status, 'It was voided.');
  if (status === 'authorization_expired') return declined('canceled', status, 'The authorization expired.');
  return declined(status === 'failed' && !code ? 'processing_error' : declinedByProcessor(code ?? ''), code || status, text || 'The processor declined it.');
};

/** Of what was submitted. They are final, as is everything that is declined. */
const failures: readonly string[] = ['settlement_declined', 'processor_declined', 'failed'];

/** Whether it counted as captured at some time. */
const wasTaken = (transaction: Transaction): boolean => {
  const { type, paymentInstrumentType } = transaction;
  const debit = type === 'sale' && debits.includes(paymentInstrumentType ?? '');
  const taken = Object.keys(standings).filter((status) => standings[status] === 'taken' && !(debit && onItsWay.includes(status)));
  return taken.some((status) => stood(transaction, status).length > 0);
};

/** Whether it was taken and then voided: the whole of it was given back before it settled. */
export const wasGivenBack = (transaction: Transaction): boolean =>
  transaction.type === 'sale' && transaction.status === 'voided' && stood(transaction, 'submitted_for_settlement').length > 0;

/** A foreign word in a text of ours: short and harmless. */
const nameOf = (status: string): string => status.replace(/[^a-z0-9_]/gi, '?').slice(0, 40);

const timeOf = <T extends object>(text: string | null | undefined, make: (time: string) => T): T | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : make(new Date(time).toISOString());
};
