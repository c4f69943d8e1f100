import type { OurMovement } from '../../domain/payment/reconciliation-comparison.ts';
import type { Condition, Stored } from '../../platform/documents/document-store.ts';
import type { LedgerMovement } from '../../projections/payment/reconciliation-ledger.ts';
import type { ReadModel } from '../../projections/read-model.ts';

const pageSize = 1_000;

/** Our books, as a reconciliation reads them. */
export const readLedger = (ledger: Pick<ReadModel<LedgerMovement>, 'find' | 'get' | 'reached'>) => ({
  reached: ledger.reached,

  /** What we know to have moved at a provider in that time; `to` is not in it. */
  between: async function* (provider: string, { from, to }: { from: string; to: string }): AsyncGenerator<OurMovement> {
    const where: Condition[] = [
      { field: 'provider', is: provider },
      { field: 'at', from, to },
    ];
    let after: string | undefined;
    do {
      const page = await ledger.find({ where, orderBy: 'at', ascending: true, limit: pageSize, ...(after && { after }) });
      yield* page.rows.map(movementOf);
      after = page.next;
    } while (after);
  },

  /** Whenever it was: by our reference, else by all that bear the provider's name. */
  named: async (provider: string, names: { reference: string | null; providerReference: string }): Promise<readonly OurMovement[]> => {
    const { reference, providerReference } = names;
    const own = reference === null ? undefined : await ledger.get(reference);
    if (own) return [movementOf(own)];
    const where: Condition[] = [
      { field: 'providerReference', is: providerReference },
      { field: 'provider', is: provider },
    ];
    return (await ledger.find({ where, orderBy: 'at', limit: pageSize })).rows.map(movementOf);
  },
});

const movementOf = ({ id, document: { provider: _, ...movement } }: Stored<LedgerMovement>): OurMovement => ({ reference: id, ...movement });
