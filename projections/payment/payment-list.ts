import type { PaymentEvent } from '../../domain/payment/events.ts';
import { providerOf } from '../../domain/payment/payment-intent.ts';
import { type PaymentStatus, statusOf, undecidedOf } from '../../domain/payment/state.ts';
import type { Projection } from '../projection.ts';
import { afterEvent, type PaymentDetails, paymentEventTypes } from './payment-details.ts';

/** A payment with what lists filter by. `undecided`: a provider has yet to say how something of it ended; `undecidedSince`, since when. */
export type PaymentListItem = PaymentDetails & {
  customerId: string | null;
  status: PaymentStatus;
  provider: string | null;
  reference: string | null;
  currency: string;
  undecided: boolean;
  undecidedSince: string | null;
};

/** One row a payment, for lists. */
export const paymentList: Projection<PaymentEvent, PaymentListItem> = {
  name: 'payment-list',
  version: 3,
  store: 'postgres',
  indexes: { customerId: 'text', status: 'text', provider: 'text', reference: 'text', currency: 'text', createdAt: 'time', undecided: 'boolean' },
  handles: paymentEventTypes,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (item, event) => {
    const details = afterEvent(item && { state: item.state, version: item.version, createdAt: item.createdAt, updatedAt: item.updatedAt }, event);
    if (item && details.version === item.version) return item;
    const { state } = details;
    if (state.status === 'absent') throw new Error(`${event.type} left nothing of ${event.stream}`);
    const { customer, reference, currency } = state;
    const undecided = undecidedOf(state).length > 0;
    return {
      ...details,
      customerId: customer?.id ?? null,
      status: statusOf(state),
      provider: providerOf(state),
      reference,
      currency,
      undecided,
      undecidedSince: undecided ? (item?.undecidedSince ?? event.at) : null,
    };
  },
};
