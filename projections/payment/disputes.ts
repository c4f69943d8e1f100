import type { PaymentEvent, PaymentEventOf } from '../../domain/payment/events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** One dispute, or inquiry that may become one. `evidenceDueBy`: until when the provider takes evidence. */
export type DisputeDocument = {
  disputeId: string;
  paymentId: string;
  attemptId: string;
  provider: string;
  status: 'inquiry' | 'inquiry_closed' | 'open' | 'won' | 'lost';
  amount: number;
  currency: string;
  reason: string | null;
  evidenceDueBy: string | null;
  openedAt: string;
  closedAt: string | null;
};

const types = ['DisputeInquired', 'DisputeInquiryClosed', 'DisputeOpened', 'DisputeEvidenceDue', 'DisputeWon', 'DisputeLost'] as const;
type DisputeEvent = PaymentEventOf<(typeof types)[number]>;
const isOfDispute = (event: PaymentEvent): event is DisputeEvent => types.some((type) => type === event.type);

/** A provider's name for a dispute is its own: payments keep those of different providers apart. */
export const disputeKey = (paymentId: string, disputeId: string): string => `${paymentId} ${disputeId}`;

/** Disputes of all payments, for the list. */
export const disputes: Projection<PaymentEvent, DisputeDocument> = {
  name: 'disputes',
  version: 1,
  store: 'postgres',
  indexes: { provider: 'text', status: 'text', evidenceDueBy: 'time', openedAt: 'time' },
  handles: types,
  ids: (event) => (isOfDispute(event) ? [disputeKey(event.streamId, event.data.disputeId)] : []),
  evolve: (before, event) => {
    if (!isOfDispute(event)) return before;
    if (event.type === 'DisputeInquired') return before ?? begun(event, 'inquiry');
    if (event.type === 'DisputeOpened') return before && isDispute(before) ? before : begun(event, 'open');
    if (!before) throw new Error(`${event.type} of ${event.data.disputeId}, which was never opened`);
    switch (event.type) {
      case 'DisputeEvidenceDue':
        return { ...before, evidenceDueBy: event.data.evidenceDueBy };
      case 'DisputeWon':
        return { ...before, status: 'won', closedAt: event.at };
      case 'DisputeLost':
        return { ...before, status: 'lost', amount: event.data.amount, closedAt: event.at };
      case 'DisputeInquiryClosed':
        return isDispute(before) ? before : { ...before, status: 'inquiry_closed', closedAt: event.at };
    }
  },
};

const isDispute = ({ status }: DisputeDocument): boolean => status !== 'inquiry' && status !== 'inquiry_closed';

type Begun = Recorded<PaymentEventOf<'DisputeInquired' | 'DisputeOpened'>>;
const begun = ({ streamId, at, data }: Begun, status: 'inquiry' | 'open'): DisputeDocument => {
  const { disputeId, attemptId, provider, amount, currency, reason, evidenceDueBy = null } = data;
  return { disputeId, paymentId: streamId, attemptId, provider, status, amount, currency, reason, evidenceDueBy, openedAt: at, closedAt: null };
};
