import type { ProviderTransaction, Span } from '../provider.ts';
import type { CallFault, Gateway } from './gateway.ts';
import { readOrderId } from './order-id.ts';
import { attemptOutcome } from './outcomes.ts';
import { readPage, searchIds } from './search.ts';
import { partsOf, stood, type Transaction } from './transaction.ts';

/** Of transactions; a search that finds so many has perhaps found more. */
const searchLimit = 50_000;

/** What was submitted for settlement in that time, and stands. Throws where Braintree can't be asked. */
export async function* transactionsAt(gateway: Gateway, span: Span): AsyncGenerator<ProviderTransaction> {
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)];
  const criteria = { submittedForSettlementAt: { min: new Date(from), max: new Date(to) } };
  const listed = await searchIds(gateway, criteria);
  if (!('ids' in listed)) throw failure(listed);
  if (listed.ids.length >= searchLimit && to - from > 1_000) {
    const middle = new Date((from + to) / 2).toISOString();
    yield* transactionsAt(gateway, { from: span.from, to: middle });
    yield* transactionsAt(gateway, { from: middle, to: span.to });
    return;
  }
  for (let start = 0; start < listed.ids.length; start += listed.pageSize) {
    const page = await readPage(gateway, criteria, listed.ids.slice(start, start + listed.pageSize));
    if (!('found' in page)) throw failure(page);
    for (const moved of page.found.map(movedBy)) {
      if (moved && Date.parse(moved.at) >= from && Date.parse(moved.at) < to) yield moved;
    }
  }
}

const failure = (fault: CallFault): Error => new Error(`Braintree's transactions cannot be listed: ${fault.status === 'fault' ? fault.message : fault.reason}`);

/** Undefined for what moves nothing: the parent of partial captures, a direct debit that hasn't settled, what was declined or voided since. */
const movedBy = (transaction: Transaction): ProviderTransaction | undefined => {
  const { id, type, orderId, createdAt } = transaction;
  const outcome = attemptOutcome(transaction);
  const at = Date.parse(stood(transaction, 'submitted_for_settlement')[0] ?? createdAt ?? '');
  if (outcome.status !== 'captured' || partsOf(transaction).length > 0 || Number.isNaN(at)) return undefined;
  const ours = readOrderId(orderId);
  return {
    kind: type === 'credit' ? 'refund' : 'capture',
    reference: ours?.operationId ?? ours?.attemptId ?? null,
    providerReference: id,
    amount: outcome.amount,
    currency: outcome.currency,
    at: new Date(at).toISOString(),
  };
};
