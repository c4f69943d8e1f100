import type { Projection } from '../projection.ts';
import { type AttentionItem, type AttentionSource, changesOf } from './attention-changes.ts';
import { paymentEventTypes } from './payments.ts';

/** What people must look at: it comes and goes with what happens, and is closed too when somebody says that it is done. */
export const attention: Projection<AttentionSource, AttentionItem> = {
  name: 'attention',
  version: 1,
  store: 'postgres',
  indexes: { kind: 'text', provider: 'text', paymentId: 'text', since: 'time', showFrom: 'time', open: 'boolean' },
  handles: [...paymentEventTypes, 'ContradictionFound', 'AttentionResolved', 'ReconciliationCompleted'],
  ids: (event) => changesOf(event).map(({ id }) => id),
  evolve: (before, event, id) => {
    const change = changesOf(event).find((one) => one.id === id);
    switch (change?.to) {
      case undefined:
        return before;
      case 'comes':
        // Found again, it is still what somebody has or hasn't looked at.
        return before ?? change.item;
      case 'is_due':
        return before && { ...before, dueBy: change.dueBy, showFrom: change.showFrom };
      case 'goes':
        return undefined;
      case 'resolved':
        return before && { ...before, open: false, resolution: change.resolution };
    }
  },
};
