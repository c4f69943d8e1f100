import { Type } from 'typebox';
import type { AttemptOutcome, NotSent } from '../../../domain/payment/outcome.ts';
import type { ChargeRequest } from '../provider.ts';
import type { Access } from './access.ts';
import { fromPayPal, type PayPalMoney, toPayPal } from './amounts.ts';
import { Order, unitOf } from './answers.ts';
import { callOff, change } from './call-off.ts';
import { actionOn, outcomeOfRefusal, refusedByBank, standingOf } from './outcomes.ts';
import { belongingOf, customId } from './references.ts';
import { keptSource, redirectSource, type Source, sourceOf } from './source.ts';

/** Of one attempt, as far as paying its order needs it. */
export type Paying = Pick<ChargeRequest, 'reference' | 'capture' | 'traceparent'>;

/**
 * First an order, which moves no money and whose answer may safely be lost; then its payment. So the order is known before anything can
 * be taken, and both happen once for one reference.
 */
export const charge = async (access: Access, request: ChargeRequest): Promise<AttemptOutcome> => {
  const source = sourceOf(request.token, request.method);
  const sum = toPayPal(request.amount, request.currency);
  if (!source) return never('PayPal knows no such token');
  if ('refused' in sum) return never(sum.refused);
  const order = source.kind === 'order' ? await adopted(access, request, source.id) : await created(access, request, sum.money, source);
  if (!('id' in order)) return order;
  access.orders.keep(request.reference, order);
  const fault = notTheSame(order, request);
  if (fault) return never(fault);
  const standing = standingOf(order, access.webUrl);
  // An adopted order waits for us, as a new one with a kept means does; all others have been dealt with before.
  const open = standing.status === 'untouched' || (source.kind === 'order' && order.status === 'APPROVED');
  if (!open) return standing;
  if (source.kind === 'redirect') return actionOn(order, access.webUrl);
  return pay(access, order, request, source.kind === 'vault' ? { key: 'pay', source: keptSource(source.id, request) } : { key: 'resume' });
};

const never = (reason: string): NotSent => ({ status: 'not_sent', reason, retriable: false });

const created = async ({ client, requests }: Access, request: ChargeRequest, money: PayPalMoney, source: Source): Promise<Order | AttemptOutcome> => {
  const { reference, paymentId, capture, traceparent } = request;
  const body = {
    intent: capture ? 'CAPTURE' : 'AUTHORIZE',
    purchase_units: [{ amount: money, custom_id: customId(paymentId, reference), invoice_id: reference }],
    ...(source.kind === 'redirect' && { payment_source: redirectSource(request) }),
  };
  const answer = await client.call(Order, requests.createOrder(body, reference), traceparent);
  switch (answer.status) {
    case 'answered':
      return answer.body;
    case 'refused':
      return outcomeOfRefusal(answer, null);
    case 'not_sent':
      return answer;
    case 'unknown':
      return { status: 'not_sent', reason: `no order was made, or one that nobody pays: ${answer.reason}`, retriable: true };
  }
};

/** An order that the shop's page has made: from now on ours, and this attempt's. */
const adopted = async (access: Access, request: ChargeRequest, id: string): Promise<Order | AttemptOutcome> => {
  const order = await readOrder(access, id, request.traceparent);
  if (!('id' in order)) return order.status === 'gone' ? never(order.reason) : order;
  const owner = belongingOf(unitOf(order)?.custom_id);
  if (owner?.attemptId === request.reference) return order;
  if (owner) return never('the order belongs to another attempt');
  const fault = notTheSame(order, request);
  if (fault) return never(fault);
  const { client, requests } = access;
  const names = { custom_id: customId(request.paymentId, request.reference), invoice_id: request.reference };
  const named = [change(order, 'custom_id', names.custom_id), change(order, 'invoice_id', names.invoice_id)];
  const answer = await client.call(Type.Unknown(), requests.patchOrder(id, named), request.traceparent);
  if (answer.status === 'answered') return { ...order, purchase_units: [{ ...unitOf(order), ...names }] };
  if (answer.status === 'refused') return never(`${answer.issue}: ${answer.message}`);
  return { status: 'not_sent', reason: answer.reason, retriable: answer.status === 'unknown' || answer.retriable };
};

/** What keeps an order from being this request's; undefined where nothing does. */
const notTheSame = (order: Order, { amount, currency, capture }: ChargeRequest): string | undefined => {
  if (order.purchase_units && order.purchase_units.length > 1) return 'the order is of several purchases';
  const money = unitOf(order)?.amount;
  const sum = money && fromPayPal(money);
  if (sum?.amount !== amount || sum.currency !== currency) return 'the order is of another sum';
  return order.intent === undefined || order.intent === (capture ? 'CAPTURE' : 'AUTHORIZE') ? undefined : `the order's intent is ${order.intent}`;
};

/** Orders that nobody has paid are gone after some hours; those that were paid stay. */
export type Gone = { status: 'gone'; reason: string };

/** Reading moves nothing: where it fails, nothing was sent. */
export const readOrder = async ({ client, requests }: Access, id: string, traceparent?: string): Promise<Order | NotSent | Gone> => {
  const answer = await client.call(Order, requests.getOrder(id), traceparent);
  switch (answer.status) {
    case 'answered':
      return answer.body;
    case 'refused':
      return answer.http === 404 ? { status: 'gone', reason: 'PayPal knows no such order' } : never(`${answer.issue}: ${answer.message}`);
    case 'not_sent':
      return answer;
    case 'unknown':
      return { status: 'not_sent', reason: answer.reason, retriable: true };
  }
};

/** Orders that have been paid meanwhile, by the same call or by nobody knows whom. */
const paidBefore: readonly string[] = ['ORDER_ALREADY_CAPTURED', 'ORDER_ALREADY_AUTHORIZED', 'ORDER_ALREADY_COMPLETED', 'ORDER_COMPLETED_OR_VOIDED'];

/** `resume`: once the payer has acted. It is another request than the first, which may have been answered with a page for them. */
type How = { key: 'pay' | 'resume'; source?: unknown };

/** Takes or holds what the order is about. */
export const pay = async (access: Access, order: Order, request: Paying, how: How): Promise<AttemptOutcome> => {
  const outcome = refusedByBank(order) ?? (await asked(access, order, request, how));
  const owner = belongingOf(unitOf(order)?.custom_id);
  // Who was told that it was declined isn't charged by a webhook that comes later. If this fails, the worst is a surplus, which goes back.
  if (outcome.status === 'declined' && how.key === 'resume' && owner)
    await callOff(access, order, { ...owner, releasedBy: owner.attemptId }, request.traceparent);
  return outcome;
};

const asked = async (access: Access, order: Order, { reference, capture, traceparent }: Paying, { key, source }: How): Promise<AttemptOutcome> => {
  const { client, requests } = access;
  const request = (capture ? requests.captureOrder : requests.authorizeOrder)(order.id, source ? { payment_source: source } : {}, `${reference}.${key}`);
  const answer = await client.call(Order, request, traceparent);
  switch (answer.status) {
    case 'answered':
      return settled(access, answer.body, reference);
    case 'not_sent':
      return answer;
    case 'unknown':
      return { ...answer, providerReference: order.id };
  }
  if (answer.issue === 'PAYER_ACTION_REQUIRED' || answer.issue === 'ORDER_NOT_APPROVED')
    return actionOn({ id: order.id, links: answer.links ?? order.links }, access.webUrl);
  if (answer.issue === 'DUPLICATE_INVOICE_ID') access.orders.forget(reference);
  if (!paidBefore.includes(answer.issue)) return outcomeOfRefusal(answer, order.id);
  const now = await readOrder(access, order.id, traceparent);
  return 'id' in now ? settled(access, now, reference) : { status: 'unknown', reason: now.reason, providerReference: order.id };
};

/** How the attempt stands once its order was to be paid. Two attempts may have been given the same order: it was paid for the one that it names. */
const settled = ({ webUrl }: Access, order: Order, reference: string): AttemptOutcome => {
  const owner = belongingOf(unitOf(order)?.custom_id);
  if (owner && owner.attemptId !== reference) return never('the order was paid for another attempt');
  const standing = standingOf(order, webUrl);
  return standing.status === 'untouched' ? { status: 'unknown', reason: 'PayPal speaks of no payment', providerReference: order.id } : standing;
};
