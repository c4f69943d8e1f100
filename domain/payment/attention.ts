// What people must look at because a provider contradicts what we know, and what they made of anything on their list.
import { accept, type Decider, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** What the provider said (`said`) of `thing`, which the rules refused with `code`. Amounts are minor units, where it named one. */
export type Contradiction = {
  paymentId: string;
  thing: { kind: 'attempt' | 'capture' | 'void' | 'refund' | 'dispute'; id: string };
  code: string;
  said: string;
  provider: string | null;
  amount: number | null;
  currency: string | null;
};

export type AttentionEvent =
  | { type: 'ContradictionFound'; data: Contradiction }
  /** Somebody has looked at it; what they write may be personal. */
  | { type: 'AttentionResolved'; data: { note?: string } };

export type Attention = { status: 'absent' | 'open' } | { status: 'resolved'; note: string | null };
/** Most of what is on the list is never reported here: it is read from payments and reconciliations, and only resolved here. */
export type AttentionCommand = { type: 'Report'; contradiction: Contradiction } | { type: 'Resolve'; note: string };
export type AttentionRejection = 'attention_already_resolved';

export const attention: Decider<Attention, AttentionCommand, AttentionEvent, AttentionRejection> = {
  initialState: { status: 'absent' },
  decide: (command, state) => {
    switch (command.type) {
      case 'Report':
        return state.status === 'absent' ? accept({ type: 'ContradictionFound', data: command.contradiction }) : accept();
      case 'Resolve': {
        if (state.status !== 'resolved') return accept({ type: 'AttentionResolved', data: { note: command.note } });
        return state.note === command.note ? accept() : reject('attention_already_resolved');
      }
    }
  },
  evolve: (_, event) => {
    switch (event.type) {
      case 'ContradictionFound':
        return { status: 'open' };
      case 'AttentionResolved':
        return { status: 'resolved', note: event.data.note ?? null };
    }
  },
};

export const attentionCatalogue: EventCatalogue<AttentionEvent> = {
  ContradictionFound: {},
  AttentionResolved: { personal: ['note'], subject: (_, id) => `attention:${id}` },
};

export const attentionAggregate = { category: 'attention', decider: attention, catalogue: attentionCatalogue };
