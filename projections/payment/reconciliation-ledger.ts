import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { OurMovement } from '../../domain/payment/reconciliation-comparison.ts';
import type { Projection } from '../projection.ts';

/** Money that was moved, by the id of its capture or refund. */
export type LedgerMovement = Omit<OurMovement, 'reference'> & { provider: string };

/** What was captured and refunded, and when we knew: our side of a reconciliation. */
export const reconciliationLedger: Projection<PaymentEvent, LedgerMovement> = {
  name: 'reconciliation-ledger',
  version: 1,
  store: 'postgres',
  indexes: { provider: 'text', at: 'time', providerReference: 'text' },
  handles: ['AttemptCaptured', 'CaptureSucceeded', 'RefundSucceeded'],
  ids: (event) => {
    const reference = referenceOf(event);
    return reference === undefined ? [] : [reference];
  },
  // The rules record each once.
  creates: () => true,
  evolve: (before, event) => {
    if (before || (event.type !== 'AttemptCaptured' && event.type !== 'CaptureSucceeded' && event.type !== 'RefundSucceeded')) return before;
    const { provider, providerReference, amount, currency } = event.data;
    const kind = event.type === 'RefundSucceeded' ? 'refund' : 'capture';
    return { provider, kind, amount, currency, at: event.at, providerReference, paymentId: event.streamId };
  },
};

const referenceOf = (event: PaymentEvent): string | undefined => {
  if (event.type === 'AttemptCaptured') return event.data.attemptId;
  if (event.type === 'CaptureSucceeded') return event.data.captureId;
  return event.type === 'RefundSucceeded' ? event.data.refundId : undefined;
};
