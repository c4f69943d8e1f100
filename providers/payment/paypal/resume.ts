import type { AttemptOutcome } from '../../../domain/payment/outcome.ts';
import type { Access } from './access.ts';
import { type Order, unitOf } from './answers.ts';
import { type Paying, pay, readOrder } from './charge.ts';
import { actionOn, declined, standingOf } from './outcomes.ts';
import { belongingOf } from './references.ts';

/** Goes on with a charge whose payer may have acted meanwhile. */
export const resume = async (access: Access, request: Paying & { providerReference: string }): Promise<AttemptOutcome> => {
  const order = await readOrder(access, request.providerReference, request.traceparent);
  if ('id' in order) return resumeOrder(access, order, request);
  return order.status === 'gone' ? declined('canceled', 'RESOURCE_NOT_FOUND', 'the order has expired', request.providerReference) : order;
};

/** The same for an order at hand. Where the payer hasn't acted, it still waits; where all is done, how it stands. */
export const resumeOrder = async (access: Access, order: Order, request: Paying): Promise<AttemptOutcome> => {
  const owner = belongingOf(unitOf(order)?.custom_id);
  if (owner?.attemptId !== request.reference) return { status: 'not_sent', reason: 'the order belongs to another attempt', retriable: false };
  if (owner.releasedBy) return declined('canceled', 'RELEASED', 'the order was called off', order.id);
  const standing = standingOf(order, access.webUrl);
  if (standing.status !== 'untouched' && standing.status !== 'requires_action') return standing;
  const authenticated = order.payment_source?.card?.authentication_result?.three_d_secure?.authentication_status;
  if (authenticated && !recognized.includes(authenticated))
    return declined('authentication_failed', `3DS_${authenticated}`, 'the bank of the card did not recognize its owner', order.id);
  const acted = authenticated !== undefined || order.status !== 'PAYER_ACTION_REQUIRED';
  return acted ? pay(access, order, request, { key: 'resume' }) : actionOn(order, access.webUrl);
};

/** Yes, or at least attempted; the others are no, rejected, and nobody could tell. */
const recognized: readonly string[] = ['Y', 'A'];
