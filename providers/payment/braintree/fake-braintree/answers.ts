import { type FakeBooks, type FakeDispute, type FakeTransaction, written } from './books.ts';
import { instrumentOf } from './scenarios.ts';
import type { Xml } from './xml.ts';

/** A transaction as Braintree shows it; of the fields that the SDK looks at, more than we read. */
export const transactionXml = (books: FakeBooks, transaction: FakeTransaction): Xml => {
  const { id, type, status, currency, code, text, rejection, settlement, history, createdAt, instrument } = transaction;
  const week = new Date(createdAt.getTime() + 7 * 86_400_000);
  return {
    id,
    status,
    type,
    amount: written(transaction.amount, currency),
    'currency-iso-code': currency,
    'merchant-account-id': transaction.merchantAccountId,
    'order-id': transaction.orderId,
    'created-at': createdAt,
    'updated-at': history.at(-1)?.at ?? createdAt,
    customer: { id: null, 'first-name': null, email: null },
    'credit-card': { bin: '411111', 'last-4': '1111', 'card-type': 'Visa', 'expiration-month': '12', 'expiration-year': '2030' },
    'processor-response-code': code,
    'processor-response-text': text,
    'processor-response-type': code.startsWith('1') ? 'approved' : 'soft_declined',
    'processor-settlement-response-code': settlement?.code ?? '',
    'processor-settlement-response-text': settlement?.text ?? '',
    'gateway-rejection-reason': rejection,
    'payment-instrument-type': instrument,
    'authorization-expires-at': status === 'authorized' ? week : null,
    'authorized-transaction-id': transaction.authorizedTransactionId,
    'refunded-transaction-id': transaction.refundedTransactionId,
    'refund-ids': { items: 'item', of: books.creditsOf(id).map((one) => one.id) },
    'partial-settlement-transaction-ids': { items: 'item', of: books.partsOf(id).map((one) => one.id) },
    'status-history': {
      items: 'status-event',
      of: history.map((one) => ({ timestamp: one.at, status: one.status, amount: written(transaction.amount, currency), user: null })),
    },
    'add-ons': { items: 'add-on', of: [] },
    disputes: { items: 'dispute', of: [] },
  };
};

export const disputeXml = ({ id, transactionId, status, kind, amount, currency }: FakeDispute): Xml => ({
  id,
  status,
  kind,
  reason: 'fraud',
  'amount-disputed': written(amount, currency),
  'amount-won': status === 'won' ? written(amount, currency) : '0.00',
  'currency-iso-code': currency,
  'received-date': '2030-01-01',
  'reply-by-date': '2030-01-21',
  transaction: { id: transactionId, amount: written(amount, currency) },
});

/** What there is behind a nonce: a card, unless it is called otherwise. */
export const nonceXml = (nonce: string): Xml => {
  const isCard = instrumentOf(nonce) === 'credit_card';
  return { nonce, consumed: false, type: isCard ? 'CreditCard' : 'Other', details: {}, 'bin-data': isCard ? { 'country-of-issuance': 'GBR' } : null };
};

export const vaultedXml = (token: string): Xml => ({
  token,
  'unique-number-identifier': `number-of-${token}`,
  'country-of-issuance': 'Unknown',
  verifications: { items: 'verification', of: [] },
  subscriptions: { items: 'subscription', of: [] },
});

/** Of an advanced search: a text by `is` or `starts_with`, a time by `min` and `max`, a list of ids. */
export const matches = (search: Readonly<Record<string, unknown>>, transaction: FakeTransaction): boolean =>
  Object.entries(search).every(([field, asked]) => {
    if (field === 'ids') return Array.isArray(asked) && asked.includes(transaction.id);
    if (typeof asked !== 'object' || asked === null) return false;
    if (field === 'order_id') {
      if ('is' in asked) return transaction.orderId === asked.is;
      return 'starts_with' in asked && typeof asked.starts_with === 'string' && (transaction.orderId ?? '').startsWith(asked.starts_with);
    }
    const status = field === 'voided_at' ? 'voided' : 'submitted_for_settlement';
    const at = transaction.history.find((one) => one.status === status)?.at.getTime();
    const [min, max] = ['min' in asked ? asked.min : '', 'max' in asked ? asked.max : ''].map((time) => Date.parse(String(time)));
    return at !== undefined && at >= (min ?? 0) && at <= (max ?? 0);
  });
