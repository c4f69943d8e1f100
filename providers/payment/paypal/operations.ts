import { Type } from 'typebox';
import type { NotSent, OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { NotFound, OperationRequest, RetrieveOperation } from '../provider.ts';
import type { Access } from './access.ts';
import { fromPayPal, type PayPalMoney, toPayPal } from './amounts.ts';
import { Capture, type Order, Refund, unitOf } from './answers.ts';
import { callOff } from './call-off.ts';
import { type Gone, readOrder } from './charge.ts';
import { outcomeOfCapture, outcomeOfFailure, outcomeOfRefund, tookNothing } from './outcomes.ts';
import { belongingOf, customId } from './references.ts';
import { captureToRefund } from './refundable.ts';

// Each operation bears its own reference as `invoice_id`, so that it is found in the order however long ago it was; within the
// 45 days for which PayPal keeps a PayPal-Request-Id, it happens once even if it isn't found there yet.

const failed = (code: string, message: string): OperationOutcome => ({ status: 'failed', code, message });

const paymentsOf = (order: Order) => {
  const { authorizations = [], captures = [], refunds = [] } = unitOf(order)?.payments ?? {};
  return { hold: authorizations[0], captures, refunds };
};

const unread = (why: NotSent | Gone): OperationOutcome => (why.status === 'gone' ? failed('resource_not_found', why.reason) : why);

const minor = (money: PayPalMoney): number => fromPayPal(money)?.amount ?? 0;
const capturedOf = (captures: readonly Capture[]): number =>
  captures.filter((capture) => !tookNothing(capture)).reduce((sum, { amount }) => sum + minor(amount), 0);

/** Of an authorization. */
export const capture = async (access: Access, request: OperationRequest): Promise<OperationOutcome> => {
  const { reference, amount, currency, traceparent, final = false } = request;
  const sum = toPayPal(amount, currency);
  if ('refused' in sum) return { status: 'not_sent', reason: sum.refused, retriable: false };
  const order = await readOrder(access, request.providerReference, traceparent);
  if (!('id' in order)) return unread(order);
  const { hold, captures } = paymentsOf(order);
  const before = captures.find(({ invoice_id: invoice }) => invoice === reference);
  if (before) return outcomeOfCapture(before);
  if (!hold) return failed('not_authorized', 'the order holds no authorization');
  // PayPal itself would take up to 115 % of what was authorized.
  if (capturedOf(captures) + amount > minor(hold.amount)) return failed('max_capture_amount_exceeded', 'more than was authorized');
  const body = { amount: sum.money, invoice_id: reference, final_capture: final };
  const answer = await access.client.call(Capture, access.requests.captureAuthorization(hold.id, body, reference), traceparent);
  return answer.status === 'answered' ? outcomeOfCapture(answer.body) : outcomeOfFailure(answer);
};

/** Of a hold; an order that nobody has paid is marked, so that nobody can pay it any more: PayPal has no call to end one. */
export const release = async (access: Access, request: OperationRequest): Promise<OperationOutcome> => {
  const { reference, providerReference, amount, currency, traceparent } = request;
  const order = await readOrder(access, providerReference, traceparent);
  if (!('id' in order)) return order.status === 'gone' ? { status: 'succeeded', providerReference, amount, currency } : order;
  const { hold, captures } = paymentsOf(order);
  if (!hold) return captures.some((one) => !tookNothing(one)) ? failed('previously_captured', 'it was captured') : released(access, order, request);
  const answer = await access.client.call(Type.Unknown(), access.requests.voidAuthorization(hold.id, reference), traceparent);
  return answer.status === 'answered' ? { status: 'succeeded', providerReference: hold.id, amount, currency } : outcomeOfFailure(answer);
};

const released = async (access: Access, order: Order, { reference, paymentId, attemptId, ...request }: OperationRequest): Promise<OperationOutcome> => {
  const done: OperationOutcome = { status: 'succeeded', providerReference: order.id, amount: request.amount, currency: request.currency };
  const before = belongingOf(unitOf(order)?.custom_id)?.releasedBy;
  if (before) return before === reference ? done : failed('previously_voided', 'the order was called off before');
  const answer = await callOff(access, order, { paymentId, attemptId, releasedBy: reference }, request.traceparent);
  return answer.status === 'answered' ? done : outcomeOfFailure(answer);
};

/** From one capture: the smallest that has enough left. Where only several together have it, that is said. */
export const refund = async (access: Access, request: OperationRequest): Promise<OperationOutcome> => {
  const { reference, paymentId, attemptId, amount, currency, traceparent } = request;
  const sum = toPayPal(amount, currency);
  if ('refused' in sum) return { status: 'not_sent', reason: sum.refused, retriable: false };
  const order = await readOrder(access, request.providerReference, traceparent);
  if (!('id' in order)) return unread(order);
  const { captures, refunds } = paymentsOf(order);
  const before = refunds.find(({ invoice_id: invoice }) => invoice === reference);
  if (before) return outcomeOfRefund(before);
  const chosen = captureToRefund(captures, refunds, amount);
  if ('failed' in chosen) return failed(chosen.failed, chosen.message);
  const body = { amount: sum.money, invoice_id: reference, custom_id: customId(paymentId, attemptId) };
  const answer = await access.client.call(Refund, access.requests.refundCapture(chosen.id, body, reference), traceparent);
  return answer.status === 'answered' ? outcomeOfRefund(answer.body) : outcomeOfFailure(answer);
};

/** Looked for in its order, where PayPal lists everything that came of it. */
export const retrieveOperation = async (access: Access, request: RetrieveOperation): Promise<OperationOutcome | NotFound> => {
  const orderId = request.providerReference ?? access.orders.of(request.attemptId);
  if (!orderId) return { status: 'unknown', reason: 'PayPal cannot be asked without the id of the order' };
  const answer = await readOrder(access, orderId);
  if (!('id' in answer)) return answer.status === 'gone' ? { status: 'not_found' } : { status: 'unknown', reason: answer.reason };
  const { hold, captures, refunds } = paymentsOf(answer);
  const ours = ({ invoice_id: invoice }: { invoice_id?: string }) => invoice === request.reference;
  switch (request.kind) {
    case 'capture': {
      const found = captures.find(ours);
      return found ? outcomeOfCapture(found) : { status: 'not_found' };
    }
    case 'refund': {
      const found = refunds.find(ours);
      return found ? outcomeOfRefund(found) : { status: 'not_found' };
    }
    case 'void': {
      const held = hold ?? unitOf(answer);
      const sum = held?.amount && fromPayPal(held.amount);
      const isReleased = hold?.status === 'VOIDED' || belongingOf(unitOf(answer)?.custom_id)?.releasedBy === request.reference;
      if (!isReleased) return { status: 'not_found' };
      if (!sum) return { status: 'unknown', reason: 'PayPal does not say how much was released' };
      return { status: 'succeeded', providerReference: hold?.id ?? answer.id, amount: sum.amount - capturedOf(captures), currency: sum.currency };
    }
  }
};
