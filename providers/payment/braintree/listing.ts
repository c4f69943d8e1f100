import type { ProviderTransaction, Span } from '../provider.ts';
import type { CallFault, Gateway } from './gateway.ts';
import { readOrderId } from './order-id.ts';
import { attemptOutcome, wasGivenBack } from './outcomes.ts';
import { type Criteria, readPage, searchIds } from './search.ts';
import { returned } from './standing.ts';
import { partsOf, stood, type Transaction } from './transaction.ts';

/** Of transactions; a search that finds so many has perhaps found more. */
const searchLimit = 50_000;
const second = 1_000;

/** In milliseconds since 1970, whole seconds: Braintree's times have no fractions. `to` is not part of it. */
type Seconds = { from: number; to: number };

/**
 * What was submitted for settlement in that time, and stands; and what was voided in that time after it had been submitted: a capture,
 * given back. Throws where Braintree can't be asked.
 */
export async function* transactionsAt(gateway: Gateway, span: Span): AsyncGenerator<ProviderTransaction> {
  const seconds = { from: wholeSecond(span.from), to: wholeSecond(span.to) };
  yield* listed(gateway, 'submittedForSettlementAt', seconds, movedBy);
  yield* listed(gateway, 'voidedAt', seconds, givenBackBy);
}

const wholeSecond = (time: string): number => Math.floor(Date.parse(time) / second) * second;

type Moved = (transaction: Transaction) => ProviderTransaction | undefined;

async function* listed(
  gateway: Gateway,
  time: 'submittedForSettlementAt' | 'voidedAt',
  { from, to }: Seconds,
  moved: Moved,
): AsyncGenerator<ProviderTransaction> {
  const criteria: Criteria = { [time]: { min: new Date(from), max: new Date(to) } };
  const all = await searchIds(gateway, criteria);
  if (!('ids' in all)) throw failure(all);
  if (all.ids.length >= searchLimit && to - from > second) {
    const middle = from + Math.ceil((to - from) / second / 2) * second;
    yield* listed(gateway, time, { from, to: middle }, moved);
    yield* listed(gateway, time, { from: middle, to }, moved);
    return;
  }
  for (let start = 0; start < all.ids.length; start += all.pageSize) {
    const page = await readPage(gateway, criteria, all.ids.slice(start, start + all.pageSize));
    if (!('found' in page)) throw failure(page);
    for (const one of page.found.map(moved)) {
      if (one && Date.parse(one.at) >= from && Date.parse(one.at) < to) yield one;
    }
  }
}

const failure = (fault: CallFault): Error => new Error(`Braintree's transactions cannot be listed: ${fault.status === 'fault' ? fault.message : fault.reason}`);

/** Undefined for what moves nothing: the parent of partial captures, a direct debit that hasn't settled, what was declined. */
const movedBy: Moved = (transaction) => {
  const outcome = wasGivenBack(transaction) ? returned(transaction) : attemptOutcome(transaction);
  const at = timeOf(stood(transaction, 'submitted_for_settlement')[0] ?? transaction.createdAt);
  if ((outcome.status !== 'captured' && outcome.status !== 'succeeded') || partsOf(transaction).length > 0 || at === undefined) return undefined;
  const ours = readOrderId(transaction.orderId);
  const { providerReference, amount, currency } = outcome;
  return {
    kind: transaction.type === 'credit' ? 'refund' : 'capture',
    reference: ours?.operationId ?? ours?.attemptId ?? null,
    providerReference,
    amount,
    currency,
    at,
  };
};

/** Whose refund it was is not kept: a void takes no reference. */
const givenBackBy: Moved = (transaction) => {
  const outcome = wasGivenBack(transaction) ? returned(transaction) : undefined;
  const at = timeOf(stood(transaction, 'voided')[0]);
  if (outcome?.status !== 'succeeded' || at === undefined) return undefined;
  const { providerReference, amount, currency } = outcome;
  return { kind: 'refund', reference: null, providerReference, amount, currency, at };
};

const timeOf = (text: string | null | undefined): string | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};
