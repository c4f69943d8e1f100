import type { PaymentDocument } from '../../projections/payment/payments.ts';
import type { ReadModel } from '../../projections/read-model.ts';

/** The ids of the payments of which a provider has yet to say how something ended, oldest first. */
export async function* undecidedPayments(list: Pick<ReadModel<PaymentDocument>, 'find'>): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const page = await list.find({ where: [{ field: 'undecided', is: true }], orderBy: 'createdAt', ascending: true, limit: 100, ...(after && { after }) });
    for (const { id } of page.rows) yield id;
    after = page.next;
  } while (after);
}
