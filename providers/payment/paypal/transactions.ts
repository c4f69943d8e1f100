import type { ProviderTransaction, Span } from '../provider.ts';
import type { Access } from './access.ts';
import { fromPayPal } from './amounts.ts';
import { type Transaction, Transactions } from './answers.ts';
import { belongingOf } from './references.ts';

const day = 86_400_000;
/** PayPal looks through at most 31 days at once. */
const longest = 31 * day;

/**
 * What moved, by PayPal's Transaction Search, which has to be allowed for the app; it lists what is older than three hours at the latest.
 * A span with more than it lists is halved.
 */
export async function* transactions(access: Access, { from, to }: Span): AsyncGenerator<ProviderTransaction> {
  const end = Date.parse(to);
  for (let start = Date.parse(from); start < end; start += longest) yield* between(access, start, Math.min(start + longest, end));
}

async function* between(access: Access, from: number, to: number): AsyncGenerator<ProviderTransaction> {
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = await access.client.call(Transactions, access.requests.searchTransactions(query(from, to, page)));
    if (answer.status === 'refused' && answer.issue === 'RESULTSET_TOO_LARGE' && page === 1 && to - from > 1_000) {
      const middle = Math.floor((from + to) / 2_000) * 1_000;
      yield* between(access, from, middle);
      yield* between(access, middle, to);
      return;
    }
    if (answer.status !== 'answered') throw new Error(`PayPal's transactions can't be had: ${'issue' in answer ? answer.issue : answer.reason}`);
    pages = answer.body.total_pages ?? 1;
    for (const { transaction_info: info } of answer.body.transaction_details ?? []) {
      const one = listed(info);
      const at = one ? Date.parse(one.at) : Number.NaN;
      if (one && at >= from && at < to) yield one;
    }
  }
}

const query = (from: number, to: number, page: number) => ({
  start_date: new Date(from).toISOString(),
  end_date: new Date(to).toISOString(),
  fields: 'transaction_info',
  balance_affecting_records_only: 'Y',
  page_size: '500',
  page: String(page),
});

/** Payments received and refunds, by the first letters of their event code (developer.paypal.com/docs/transaction-search/transaction-event-codes). */
const listed = (info: Transaction): ProviderTransaction | undefined => {
  const sum = fromPayPal(info.transaction_amount);
  const code = info.transaction_event_code ?? '';
  const at = new Date(info.transaction_initiation_date);
  if (!sum || Number.isNaN(at.getTime()) || info.transaction_status === 'D' || info.transaction_status === 'P') return undefined;
  const kind = code.startsWith('T00') && sum.amount > 0 ? 'capture' : code === 'T1107' && sum.amount < 0 ? 'refund' : undefined;
  if (!kind) return undefined;
  const reference = belongingOf(info.custom_field) ? (info.invoice_id ?? null) : null;
  return { kind, reference, providerReference: info.transaction_id, amount: Math.abs(sum.amount), currency: sum.currency, at: at.toISOString() };
};
