import type { Reconciliation, ReconciliationEvent } from '../../domain/payment/reconciliation.ts';
import { reconciliation } from '../../domain/payment/reconciliation.ts';
import type { Projection } from '../projection.ts';

/** One day of one provider. `completedAt` is when the last run ended; null while there was none. */
export type ReconciliationRecord = {
  provider: string;
  day: string;
  state: Exclude<Reconciliation, { status: 'absent' }>;
  requestedAt: string;
  completedAt: string | null;
};

export const reconciliationList: Projection<ReconciliationEvent, ReconciliationRecord> = {
  name: 'reconciliation-list',
  version: 1,
  store: 'postgres',
  indexes: { provider: 'text', day: 'text' },
  handles: ['ReconciliationRequested', 'ReconciliationCompleted'],
  ids: ({ streamId }) => [streamId],
  evolve: (before, event) => {
    const state = reconciliation.evolve(before?.state ?? reconciliation.initialState, event);
    if (state.status === 'absent') throw new Error(`${event.type} left nothing of ${event.stream}`);
    const { provider, day } = event.data;
    const requested = event.type === 'ReconciliationRequested';
    return {
      provider,
      day,
      state,
      requestedAt: requested || !before ? event.at : before.requestedAt,
      completedAt: requested ? (before?.completedAt ?? null) : event.at,
    };
  },
};
