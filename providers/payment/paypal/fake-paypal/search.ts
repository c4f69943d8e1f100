import { problem, type Reply } from './answers.ts';
import type { Books, Movement } from './books.ts';

const codes: Partial<Record<Movement['kind'], string>> = { charge: 'T0006', capture: 'T0006', refund: 'T1107' };

/** Transaction Search: pages of at most `pageSize`; more than `most` in one span are refused. */
export const searchTransactions = (books: Books, query: URLSearchParams, { pageSize, most }: { pageSize: number; most: number }): Reply => {
  const [from, to] = [Date.parse(query.get('start_date') ?? ''), Date.parse(query.get('end_date') ?? '')];
  if (!(to - from <= 31 * 86_400_000)) return problem(400, 'INVALID_REQUEST');
  const found = books.moved.flatMap(({ kind, thing, at }) => {
    const code = codes[kind];
    const sign = kind === 'refund' ? '-' : '';
    return code && Date.parse(at) >= from && Date.parse(at) <= to
      ? {
          transaction_info: {
            transaction_id: thing.id,
            transaction_event_code: code,
            transaction_initiation_date: at.replace(/\.\d+Z$/, '+0000'),
            transaction_amount: { currency_code: thing.amount.currency_code, value: `${sign}${thing.amount.value}` },
            transaction_status: 'S',
            ...(thing.custom_id && { custom_field: thing.custom_id }),
            ...(thing.invoice_id && { invoice_id: thing.invoice_id }),
          },
        }
      : [];
  });
  if (found.length > most) return problem(400, 'RESULTSET_TOO_LARGE');
  const page = Number(query.get('page') ?? 1);
  const size = Math.min(pageSize, Number(query.get('page_size') ?? 100));
  return {
    http: 200,
    body: {
      transaction_details: found.slice((page - 1) * size, page * size),
      page,
      total_items: found.length,
      total_pages: Math.max(1, Math.ceil(found.length / size)),
    },
  };
};
