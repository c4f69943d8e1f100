import { type PaymentEvent, paymentCatalogue } from '../../domain/payment/events.ts';
import { evolve } from '../../domain/payment/evolve.ts';
import { payment } from '../../domain/payment/payment.ts';
import type { Payment } from '../../domain/payment/state.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** The fold itself, with the times of its first and last event; `version` counts events from 1. */
export type PaymentDetails = { state: Payment; version: number; createdAt: string; updatedAt: string };

export const paymentEventTypes = Object.keys(paymentCatalogue) as PaymentEvent['type'][];

/** What the rules themselves make of a history, one event further. An event that is in it already changes nothing. */
export const afterEvent = (details: PaymentDetails | undefined, event: Recorded<PaymentEvent>): PaymentDetails => {
  if (details && event.revision < details.version) return details;
  const state = evolve(details?.state ?? payment.initialState, event);
  return { state, version: event.revision + 1, createdAt: details?.createdAt ?? event.at, updatedAt: event.at };
};

/** One document a payment, for the lookup by id. */
export const paymentDetails: Projection<PaymentEvent, PaymentDetails> = {
  name: 'payment-details',
  version: 2,
  store: 'documents',
  indexes: {},
  handles: paymentEventTypes,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: afterEvent,
};
