import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** What is read of a transaction, in the SDK's words. A sale, the capture of a part of one (`authorizedTransactionId`), or a refund: a `credit`. */
export const Transaction = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String({ minLength: 1 }),
  type: Type.Union([Type.Literal('sale'), Type.Literal('credit')]),
  amount: Type.String(),
  currencyIsoCode: Type.String(),
  orderId: Text,
  createdAt: Text,
  paymentInstrumentType: Text,
  processorResponseCode: Text,
  processorResponseText: Text,
  processorSettlementResponseCode: Text,
  processorSettlementResponseText: Text,
  gatewayRejectionReason: Text,
  authorizationExpiresAt: Text,
  authorizedTransactionId: Text,
  refundedTransactionId: Text,
  partialSettlementTransactionIds: Type.Optional(Type.Union([Type.Array(Type.String()), Type.String(), Type.Null()])),
  statusHistory: Type.Optional(Type.Union([Type.Array(Type.Object({ status: Type.String(), timestamp: Type.String() })), Type.String(), Type.Null()])),
});
export type Transaction = Static<typeof Transaction>;

export const readTransaction = (value: unknown): Transaction | undefined => (Value.Check(Transaction, value) ? value : undefined);

/** When it came to stand so, as often as it did. */
export const stood = ({ statusHistory }: Transaction, status: string): string[] =>
  Array.isArray(statusHistory) ? statusHistory.filter((one) => one.status === status).map(({ timestamp }) => timestamp) : [];

/** The captures that were made of parts of it. */
export const partsOf = ({ partialSettlementTransactionIds: ids }: Transaction): readonly string[] => (Array.isArray(ids) ? ids : []);
