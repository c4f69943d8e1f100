import type { Money } from '../../../domain/money.ts';
import type { ProviderTransaction, Span } from '../provider.ts';
import { fromStripe } from './amounts.ts';
import type { Client } from './client.ts';
import { everyOne } from './lists.ts';
import { captureMarks, timeOf } from './outcomes.ts';
import { type BalanceEntry, balanceEntryShape, chargeEntryShape, refundEntryShape } from './shapes.ts';

/**
 * From the entries of Stripe's balance: one is made when money moves, which for an authorization is its capture. They are in the
 * currency that is paid out; the sum that was charged or refunded stands in what they come from.
 */
export async function* transactionsAt(client: Client, { from, to }: Span): AsyncGenerator<ProviderTransaction> {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const created = { gte: Math.floor(start / 1_000), lt: Math.ceil(end / 1_000) };
  const expand = ['data.source.payment_intent'];
  for await (const entry of everyOne(client, (stripe, after) => stripe.balanceTransactions.list({ created, limit: 100, expand, ...after }))) {
    if (!balanceEntryShape.Check(entry)) throw new Error('an entry of the balance at Stripe has a form that nobody knows');
    const at = entry.created * 1_000;
    const transaction = at >= start && at < end ? transactionOf(entry) : undefined;
    if (transaction) yield transaction;
  }
}

const transactionOf = (entry: BalanceEntry): ProviderTransaction | undefined => {
  switch (entry.type) {
    case 'charge':
    case 'payment':
      return capturedBy(entry);
    case 'refund':
    case 'payment_refund':
      return refundedBy(entry);
    default:
      return undefined;
  }
};

const capturedBy = ({ source, amount, currency, created }: BalanceEntry): ProviderTransaction | undefined => {
  if (!chargeEntryShape.Check(source)) throw new Error('a charge in the balance at Stripe has a form that nobody knows');
  const intent = typeof source.payment_intent === 'object' ? source.payment_intent : null;
  const marks = intent ? captureMarks(intent) : [];
  // Of several captures each has its own entry: told apart by its sum, where that was paid out in the currency it was charged in.
  const sum = marks.length > 1 && currency === source.currency ? amount : source.amount_captured;
  const whole = intent?.capture_method !== 'manual';
  const reference = whole ? intent?.metadata.attempt_id : marks.find((mark) => mark.amount === sum)?.reference;
  const providerReference = whole ? (intent?.id ?? source.id) : source.id;
  return moved('capture', reference, providerReference, fromStripe(sum, source.currency), created);
};

const refundedBy = ({ source, created }: BalanceEntry): ProviderTransaction | undefined => {
  if (!refundEntryShape.Check(source)) throw new Error('a refund in the balance at Stripe has a form that nobody knows');
  // It came back, by an entry of another type.
  if (source.status === 'failed' || source.status === 'canceled') return undefined;
  return moved('refund', source.metadata?.refund_id, source.id, fromStripe(source.amount, source.currency), created);
};

/** A sum that we would have refused is not ours: others may use the same account. */
const moved = (kind: ProviderTransaction['kind'], reference: string | undefined, providerReference: string, money: Money | undefined, created: number) =>
  money && { kind, reference: reference ?? null, providerReference, ...money, at: timeOf(created) };
