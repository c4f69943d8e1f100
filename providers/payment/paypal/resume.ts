import type { AttemptOutcome } from '../../../domain/payment/outcome.ts';
import type { Access } from './access.ts';
import { type Order, unitOf } from './answers.ts';
import { type Paying, pay, readOrder } from './charge.ts';
import { actionOn, authenticationOf, declined, standingOf } from './outcomes.ts';
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
  const standing = standingOf(order, access.webUrl);
  if (standing.status !== 'untouched' && standing.status !== 'requires_action') return standing;
  const waits = order.status === 'PAYER_ACTION_REQUIRED' && authenticationOf(order) === undefined;
  if (waits) return actionOn(order, access.webUrl);
  return pay(access, order, request, { key: 'resume' });
};
