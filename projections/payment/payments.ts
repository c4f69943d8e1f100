import { type PaymentEvent, paymentCatalogue } from '../../domain/payment/events.ts';
import { evolve } from '../../domain/payment/evolve.ts';
import { payment } from '../../domain/payment/payment.ts';
import { providerOf } from '../../domain/payment/payment-intent.ts';
import { type Payment, type PaymentStatus, statusOf, undecidedOf } from '../../domain/payment/state.ts';
import { withoutPerson } from '../../domain/payment/without-person.ts';
import type { PersonEvent } from '../../domain/person.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** The fold itself, with the times of its first and last event; `version` counts events from 1. */
export type PaymentFold = { state: Payment; version: number; createdAt: string; updatedAt: string };

/** A payment with what lists filter by. `undecided`: a provider has yet to say how something of it ended; `undecidedSince`, since when. */
export type PaymentDocument = PaymentFold & {
  customerId: string | null;
  status: PaymentStatus;
  provider: string | null;
  reference: string | null;
  currency: string;
  undecided: boolean;
  undecidedSince: string | null;
};

export const paymentEventTypes = Object.keys(paymentCatalogue) as PaymentEvent['type'][];

/** What the rules themselves make of a history, one event further. An event that is in it already changes nothing. */
export const afterEvent = (fold: PaymentFold | undefined, event: Recorded<PaymentEvent>): PaymentFold => {
  if (fold && event.revision < fold.version) return fold;
  const state = evolve(fold?.state ?? payment.initialState, event);
  return { state, version: event.revision + 1, createdAt: fold?.createdAt ?? event.at, updatedAt: event.at };
};

type RecordsErased = Extract<PersonEvent, { type: 'RecordsErased' }>;

/** One document a payment, for the lookup by id and for all lists. */
export const paymentDocuments: Projection<PaymentEvent | RecordsErased, PaymentDocument> = {
  name: 'payments',
  version: 2,
  store: 'documents',
  indexes: { customerId: 'text', status: 'text', provider: 'text', reference: 'text', currency: 'text', createdAt: 'time', undecided: 'boolean' },
  listedBy: 'createdAt',
  handles: [...paymentEventTypes, 'RecordsErased'],
  ids: (event) => (event.type === 'RecordsErased' ? ofPayments(event.data) : [event.streamId]),
  creates: ({ type, revision }) => type !== 'RecordsErased' && revision === 0,
  evolve: (before, event) => {
    if (event.type === 'RecordsErased') return before && { ...before, state: withoutPerson(before.state) };
    const fold = afterEvent(before, event);
    if (fold === before) return before;
    const { state } = fold;
    if (state.status === 'absent') throw new Error(`${event.type} left nothing of ${event.stream}`);
    const undecided = undecidedOf(state).length > 0;
    return {
      ...fold,
      customerId: state.customer?.id ?? null,
      status: statusOf(state),
      provider: providerOf(state),
      reference: state.reference,
      currency: state.currency,
      undecided,
      undecidedSince: undecided ? (before?.undecidedSince ?? event.at) : null,
    };
  },
};

const ofPayments = ({ kind, ids }: RecordsErased['data']): readonly string[] => (kind === 'payment' ? ids : []);
