import { type FakeBooks, type FakeTransaction, inUnits, readSum } from './books.ts';
import { duplicate, faultOfMeans, instrumentOf, verdictOn } from './scenarios.ts';

export type FakeRules = {
  merchantAccounts: Readonly<Record<string, string>>;
  partialSettlements: boolean;
  /** The processor keeps the order id of the authorization. */
  orderIdsFixed: boolean;
};

/** As the SDK sends them. */
export type Fields = Readonly<Record<string, unknown>>;
export type Refusal = { refused: readonly [code: string, message: string] };
export type Made = { transaction: FakeTransaction } | Refusal;
type Setting = { rules: FakeRules; books: FakeBooks };

const refuse = (code: string, message: string): Refusal => ({ refused: [code, message] });
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const sumOf = (list: readonly FakeTransaction[]): number => list.reduce((sum, { amount }) => sum + amount, 0);
const duplicateCheckMs = 30_000;

/** What the gateway lets happen. */
export const fakeRules = (setting: Setting) => ({
  sale: selling(setting),
  capture: capturing(setting),
  capturePart: capturingParts(setting),
  release: releasing(setting),
  refund: refunding(setting),
});
export type FakeGateway = ReturnType<typeof fakeRules>;

const selling = ({ rules, books }: Setting): ((fields: Fields) => Made) => {
  const used = new Set<string>();
  const isRepeated = ({ means, amount, orderId }: Pick<FakeTransaction, 'means' | 'amount' | 'orderId'>) =>
    books
      .live((one) => one.type === 'sale' && one.means === means && one.amount === amount && one.orderId === orderId)
      .some(({ createdAt }) => Date.now() - createdAt.getTime() < duplicateCheckMs);
  return (fields) => {
    const merchantAccountId = textOf(fields.merchant_account_id);
    const currency = Object.entries(rules.merchantAccounts).find(([, id]) => id === merchantAccountId)?.[0];
    if (!currency) return refuse('91513', 'Merchant account ID is invalid.');
    const amount = readSum(fields.amount, currency);
    if (amount === undefined) return refuse('81503', 'Amount is an invalid format.');
    const means = textOf(fields.payment_method_nonce) || `vault:${textOf(fields.payment_method_token)}`;
    const fault = faultOfMeans(means, used);
    if (fault) return { refused: fault };
    // The sandbox's own nonces can be used again and again.
    if (!/^(fake-|vault:)/.test(means)) used.add(means);
    const about = { amount, means, orderId: textOf(fields.order_id) || null };
    const instrument = instrumentOf(means);
    const verdict = !fields.api_request_key && isRepeated(about) ? duplicate : verdictOn(means, inUnits(amount, currency), instrument);
    const links = { authorizedTransactionId: null, refundedTransactionId: null, settlement: null };
    const transaction = books.keep({ type: 'sale', currency, merchantAccountId, instrument, ...about, ...links, ...verdict });
    if (transaction.status !== 'authorized') return { transaction };
    const { options } = fields;
    const submitted = typeof options === 'object' && options !== null && 'submit_for_settlement' in options && options.submit_for_settlement === true;
    if (submitted) books.submit(transaction, 'charge');
    else books.hold(transaction);
    return { transaction };
  };
};

const capturing =
  ({ rules, books }: Setting) =>
  (transaction: FakeTransaction, fields: Fields): Made => {
    if (transaction.status !== 'authorized') return refuse('91507', 'Cannot submit for settlement unless status is authorized.');
    if (fields.order_id && rules.orderIdsFixed) return refuse('915107', 'Processor does not support updating the order_id.');
    const amount = readSum(fields.amount, transaction.currency) ?? transaction.amount;
    if (amount > transaction.amount) return refuse('91522', 'Settlement amount is too large.');
    transaction.amount = amount;
    transaction.orderId = textOf(fields.order_id) || transaction.orderId;
    books.submit(transaction, 'capture');
    return { transaction };
  };

const capturingParts =
  ({ rules, books }: Setting) =>
  (parent: FakeTransaction, fields: Fields): Made => {
    if (!rules.partialSettlements) return refuse('915102', 'Processor does not support partial settlement.');
    const parts = books.partsOf(parent.id);
    const open = parent.status === 'authorized' || (parent.status === 'settlement_pending' && parts.length > 0);
    if (!open) return refuse('915103', 'Cannot submit for partial settlement.');
    const amount = readSum(fields.amount, parent.currency) ?? 0;
    if (sumOf(parts) + amount > parent.amount) return refuse('91522', 'Settlement amount is too large.');
    const transaction = books.keep({ ...parent, amount, orderId: textOf(fields.order_id) || parent.orderId, authorizedTransactionId: parent.id });
    if (fields.final_capture === true) books.stand(parent, 'settlement_confirmed');
    else if (parent.instrument === 'paypal_account') books.stand(parent, 'settlement_pending');
    books.submit(transaction, 'capture');
    return { transaction };
  };

const voidable: readonly string[] = ['authorized', 'submitted_for_settlement', 'settlement_pending'];
const releasing =
  ({ books }: Setting) =>
  (transaction: FakeTransaction): Made => {
    if (!voidable.includes(transaction.status)) return refuse('91504', 'Transaction can only be voided if status is authorized or submitted_for_settlement.');
    books.stand(transaction, 'voided');
    return { transaction };
  };

const refunding =
  ({ books }: Setting) =>
  (of: FakeTransaction, fields: Fields): Made => {
    if (of.type === 'credit') return refuse('91505', 'Cannot refund credit.');
    if (!['settled', 'settling'].includes(of.status)) return refuse('91506', 'Cannot refund transaction unless it is settled.');
    const amount = readSum(fields.amount, of.currency) ?? of.amount;
    const left = of.amount - sumOf(books.creditsOf(of.id));
    if (left === 0) return refuse('91512', 'Transaction has already been fully refunded.');
    if (amount > left) return refuse('91521', 'Refund amount is too large.');
    const status = { status: 'submitted_for_settlement', code: '1002', text: 'Processed', rejection: null };
    const links = { authorizedTransactionId: null, refundedTransactionId: of.id };
    const orderId = textOf(fields.order_id) || of.orderId;
    const transaction = books.keep({ ...of, ...status, ...links, type: 'credit', amount, orderId });
    books.submit(transaction, 'refund');
    return { transaction };
  };
