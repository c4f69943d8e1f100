import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { OurMovement } from '../../domain/payment/reconciliation-comparison.ts';
import type { Projection } from '../projection.ts';

/** Money that was moved, by the id of its capture or refund. */
export type LedgerMovement = Omit<OurMovement, 'reference'> & { provider: string };

/** What was captured and refunded, and when we knew: our side of a reconciliation. What was undone since is not there, as providers don't list it. */
export const reconciliationLedger: Projection<PaymentEvent, LedgerMovement> = {
  name: 'reconciliation-ledger',
  version: 1,
  store: 'postgres',
  indexes: { provider: 'text', at: 'time', providerReference: 'text' },
  handles: ['AttemptCaptured', 'CaptureSucceeded', 'RefundSucceeded', 'AttemptReversed', 'CaptureReversed', 'RefundReversed'],
  ids: (event) => {
    const reference = referenceOf(event);
    return reference === undefined ? [] : [reference];
  },
  // The rules record each once.
  creates: (event) => !isReversal(event),
  evolve: (before, event) => {
    if (isReversal(event)) return undefined;
    if (before || (event.type !== 'AttemptCaptured' && event.type !== 'CaptureSucceeded' && event.type !== 'RefundSucceeded')) return before;
    const { provider, providerReference, amount, currency } = event.data;
    const kind = event.type === 'RefundSucceeded' ? 'refund' : 'capture';
    return { provider, kind, amount, currency, at: event.at, providerReference, paymentId: event.streamId };
  },
};

const isReversal = ({ type }: PaymentEvent): boolean => type === 'AttemptReversed' || type === 'CaptureReversed' || type === 'RefundReversed';

const referenceOf = (event: PaymentEvent): string | undefined => {
  if (event.type === 'AttemptCaptured' || event.type === 'AttemptReversed') return event.data.attemptId;
  if (event.type === 'CaptureSucceeded' || event.type === 'CaptureReversed') return event.data.captureId;
  return event.type === 'RefundSucceeded' || event.type === 'RefundReversed' ? event.data.refundId : undefined;
};
