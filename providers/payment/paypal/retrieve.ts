import type { AttemptOutcome } from '../../../domain/payment/outcome.ts';
import type { NotFound, RetrieveRequest } from '../provider.ts';
import type { Access } from './access.ts';
import { unitOf } from './answers.ts';
import { readOrder } from './charge.ts';
import { standingOf } from './outcomes.ts';
import { belongingOf } from './references.ts';

/**
 * How a charge stands, by its order. Nothing is paid by asking: an order that was approved still waits. An order that nobody was asked to
 * pay is as good as none. Without the order's id nobody can say that there is none; but what was never answered may be sent again, because
 * PayPal keeps our keys for six hours, and takes no second payment with the same invoice id unless the account lets it.
 */
export const retrieveAttempt = async (access: Access, request: RetrieveRequest): Promise<AttemptOutcome | NotFound> => {
  const orderId = request.providerReference ?? access.orders.of(request.reference);
  if (!orderId) return request.unanswered ? { status: 'not_found' } : { status: 'unknown', reason: 'PayPal cannot be asked without the id of the order' };
  const order = await readOrder(access, orderId);
  if (!('id' in order)) return order.status === 'gone' ? { status: 'not_found' } : { status: 'unknown', reason: order.reason };
  const owner = belongingOf(unitOf(order)?.custom_id);
  if (owner && owner.attemptId !== request.reference) return { status: 'not_found' };
  const standing = standingOf(order, access.webUrl);
  return standing.status === 'untouched' ? { status: 'not_found' } : standing;
};
