import type { PaymentDocument } from '../../projections/payment/payments.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import type { PaymentField } from './sums.ts';

/** What a payment is counted under. */
export type PaymentKind = { readonly [Field in PaymentField]: string | null };
export type StuckList = Pick<ReadModel<PaymentDocument>, 'find'>;

/** How long a provider may leave a payment undecided before it counts as stuck. */
export const stuckAfterMs = 3_600_000;

/** The payments of which a provider hasn't said for longer than that how something of them ended. */
export const stuckPayments = async (list: StuckList, now: Date): Promise<PaymentKind[]> => {
  const since = new Date(now.getTime() - stuckAfterMs).toISOString();
  const stuck: PaymentKind[] = [];
  let after: string | undefined;
  do {
    const where = [
      { field: 'undecided', is: true },
      { field: 'createdAt', to: since },
    ];
    const page = await list.find({ where, orderBy: 'createdAt', ascending: true, limit: 1_000, ...(after && { after }) });
    for (const { document } of page.rows) if (document.undecidedSince !== null && document.undecidedSince < since) stuck.push(kindOf(document));
    after = page.next;
  } while (after);
  return stuck;
};

const kindOf = ({ provider, currency, state }: PaymentDocument): PaymentKind => ({
  provider,
  currency,
  country: state.status === 'absent' ? null : (state.customer?.country ?? null),
  method: state.status === 'absent' ? null : (state.attempts.at(-1)?.method ?? null),
});
