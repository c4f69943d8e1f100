import { randomBytes } from 'node:crypto';
import { duplicate, faultOfMeans, instrumentOf, settlementOf, verdictOn } from './scenarios.ts';

export type FakeTransaction = {
  id: string;
  type: 'sale' | 'credit';
  status: string;
  /** Minor units. */
  amount: number;
  currency: string;
  merchantAccountId: string;
  orderId: string | null;
  instrument: string;
  means: string;
  code: string;
  text: string;
  rejection: string | null;
  settlement: { code: string; text: string } | null;
  authorizedTransactionId: string | null;
  refundedTransactionId: string | null;
  createdAt: Date;
  history: { status: string; at: Date }[];
};

export type FakeDispute = { id: string; transactionId: string; status: string; kind: string; amount: number; currency: string };
export type Refusal = { refused: readonly [code: string, message: string] };
type Made = { transaction: FakeTransaction } | Refusal;

export type FakeRules = {
  merchantAccounts: Readonly<Record<string, string>>;
  /** What is submitted settles the moment it is, instead of when it is told to. */
  settlesAtOnce: boolean;
  partialSettlements: boolean;
  requestKeys: boolean;
  /** The processor keeps the order id of the authorization. */
  orderIdsFixed: boolean;
};

export type Fields = Readonly<Record<string, unknown>>;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const digitsOf = (currency: string): number => (currency === 'JPY' ? 0 : currency === 'KWD' ? 3 : 2);
export const written = (amount: number, currency: string): string => (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));
const read = (text: string, currency: string): number | undefined => {
  const digits = digitsOf(currency);
  return new RegExp(digits === 0 ? '^\\d+$' : `^\\d+\\.\\d{${digits}}$`).test(text) ? Math.round(Number(text) * 10 ** digits) : undefined;
};

const refuse = (code: string, message: string): Refusal => ({ refused: [code, message] });
const live = ({ status }: FakeTransaction): boolean => !['processor_declined', 'gateway_rejected', 'failed', 'voided', 'settlement_declined'].includes(status);

/** What the gateway remembers, and what it lets happen. */
export const fakeBooks = (rules: FakeRules) => {
  const transactions = new Map<string, FakeTransaction>();
  const used = new Set<string>();
  const moved: { attempt: string; kind: string; amount: number }[] = [];
  const attemptOf = (orderId: string | null): string => orderId?.split('_')[1] ?? '';
  const partsOf = (id: string) => [...transactions.values()].filter((one) => one.authorizedTransactionId === id && live(one));
  const creditsOf = (id: string) => [...transactions.values()].filter((one) => one.refundedTransactionId === id && live(one));
  const sum = (list: readonly FakeTransaction[]) => list.reduce((total, { amount }) => total + amount, 0);

  const stand = (transaction: FakeTransaction, status: string): void => {
    transaction.status = status;
    transaction.history.push({ status, at: new Date() });
  };
  const settle = (transaction: FakeTransaction): void => {
    const { status, ...settlement } = settlementOf(transaction.amount / 10 ** digitsOf(transaction.currency), transaction.instrument);
    transaction.settlement = settlement;
    stand(transaction, status);
  };
  const submit = (transaction: FakeTransaction): void => {
    stand(transaction, 'submitted_for_settlement');
    if (rules.settlesAtOnce) settle(transaction);
  };
  const keep = (transaction: Omit<FakeTransaction, 'id' | 'createdAt' | 'history'>): FakeTransaction => {
    const kept = { ...transaction, id: randomBytes(4).toString('hex'), createdAt: new Date(), history: [{ status: transaction.status, at: new Date() }] };
    transactions.set(kept.id, kept);
    return kept;
  };
  const isRepeated = (means: string, amount: number, orderId: string | null) =>
    [...transactions.values()].some(
      (one) =>
        live(one) &&
        one.type === 'sale' &&
        one.means === means &&
        one.amount === amount &&
        one.orderId === orderId &&
        Date.now() - one.createdAt.getTime() < 30_000,
    );

  const sale = (fields: Fields): Made => {
    const merchantAccountId = textOf(fields.merchant_account_id);
    const currency = Object.entries(rules.merchantAccounts).find(([, id]) => id === merchantAccountId)?.[0];
    if (!currency) return refuse('91513', 'Merchant account ID is invalid.');
    const amount = read(textOf(fields.amount), currency);
    if (amount === undefined) return refuse('81503', 'Amount is an invalid format.');
    const means = textOf(fields.payment_method_nonce) || `vault:${textOf(fields.payment_method_token)}`;
    const fault = faultOfMeans(means, used);
    if (fault) return { refused: fault };
    if (!means.startsWith('fake-') && !means.startsWith('vault:')) used.add(means);
    const orderId = textOf(fields.order_id) || null;
    const instrument = instrumentOf(means);
    const repeated = !fields.api_request_key && isRepeated(means, amount, orderId);
    const verdict = repeated ? duplicate : verdictOn(means, amount / 10 ** digitsOf(currency), instrument);
    const links = { authorizedTransactionId: null, refundedTransactionId: null, settlement: null };
    const transaction = keep({ type: 'sale', amount, currency, merchantAccountId, orderId, instrument, means, ...links, ...verdict });
    if (transaction.status !== 'authorized') return { transaction };
    const options = typeof fields.options === 'object' && fields.options !== null ? fields.options : {};
    const submitted = 'submit_for_settlement' in options && options.submit_for_settlement === true;
    moved.push({ attempt: attemptOf(orderId), kind: submitted ? 'charge' : 'authorization', amount });
    if (submitted) submit(transaction);
    return { transaction };
  };

  const capture = (transaction: FakeTransaction, fields: Fields): Made => {
    if (transaction.status !== 'authorized') return refuse('91507', 'Cannot submit for settlement unless status is authorized.');
    if (fields.order_id && rules.orderIdsFixed) return refuse('915107', 'Processor does not support updating the order_id.');
    const amount = read(textOf(fields.amount), transaction.currency) ?? transaction.amount;
    if (amount > transaction.amount) return refuse('91522', 'Settlement amount is too large.');
    transaction.amount = amount;
    transaction.orderId = textOf(fields.order_id) || transaction.orderId;
    moved.push({ attempt: attemptOf(transaction.orderId), kind: 'capture', amount });
    submit(transaction);
    return { transaction };
  };

  const capturePart = (parent: FakeTransaction, fields: Fields): Made => {
    if (!rules.partialSettlements) return refuse('915102', 'Processor does not support partial settlement.');
    if (parent.status !== 'authorized' && partsOf(parent.id).length === 0) return refuse('915103', 'Cannot submit for partial settlement.');
    if (!['authorized', 'settlement_pending'].includes(parent.status)) return refuse('915103', 'Cannot submit for partial settlement.');
    const amount = read(textOf(fields.amount), parent.currency) ?? 0;
    if (sum(partsOf(parent.id)) + amount > parent.amount) return refuse('91522', 'Settlement amount is too large.');
    const transaction = keep({ ...parent, amount, orderId: textOf(fields.order_id) || parent.orderId, authorizedTransactionId: parent.id });
    if (fields.final_capture === true) stand(parent, 'settlement_confirmed');
    else if (parent.instrument === 'paypal_account') stand(parent, 'settlement_pending');
    moved.push({ attempt: attemptOf(parent.orderId), kind: 'capture', amount });
    submit(transaction);
    return { transaction };
  };

  const release = (transaction: FakeTransaction): Made => {
    const voidable = ['authorized', 'submitted_for_settlement', 'settlement_pending'];
    if (!voidable.includes(transaction.status)) return refuse('91504', 'Transaction can only be voided if status is authorized or submitted_for_settlement.');
    stand(transaction, 'voided');
    return { transaction };
  };

  const refund = (of: FakeTransaction, fields: Fields): Made => {
    if (of.type === 'credit') return refuse('91505', 'Cannot refund credit.');
    if (!['settled', 'settling'].includes(of.status)) return refuse('91506', 'Cannot refund transaction unless it is settled.');
    const amount = read(textOf(fields.amount), of.currency) ?? of.amount;
    const left = of.amount - sum(creditsOf(of.id));
    if (left === 0) return refuse('91512', 'Transaction has already been fully refunded.');
    if (amount > left) return refuse('91521', 'Refund amount is too large.');
    const status = { status: 'submitted_for_settlement', code: '1002', text: 'Processed', rejection: null };
    const transaction = keep({
      ...of,
      ...status,
      type: 'credit',
      amount,
      orderId: textOf(fields.order_id) || null,
      authorizedTransactionId: null,
      refundedTransactionId: of.id,
    });
    moved.push({ attempt: attemptOf(of.orderId), kind: 'refund', amount });
    if (rules.settlesAtOnce) settle(transaction);
    return { transaction };
  };

  return { transactions, moved, stand, settle, partsOf, creditsOf, sale, capture, capturePart, release, refund };
};
export type FakeBooks = ReturnType<typeof fakeBooks>;
