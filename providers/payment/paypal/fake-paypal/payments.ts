import { problem, type Reply } from './answers.ts';
import { type Authorization, type Books, type Capture, link, type Money, newId, type Order, paymentsOf, type Refund, sum } from './books.ts';

type CaptureBody = { amount: Money; invoice_id?: string; final_capture?: boolean };

/** PayPal takes up to 115 % of what was authorized. */
const allowance = 1.15;

export const captureAuthorization = (books: Books, order: Order, hold: Authorization, body: CaptureBody): Reply => {
  const { captures } = paymentsOf(order);
  if (hold.status === 'VOIDED') return problem(422, 'AUTHORIZATION_VOIDED');
  if (hold.status === 'CAPTURED') return problem(422, 'AUTHORIZATION_ALREADY_CAPTURED');
  if (captures.some(({ invoice_id: invoice }) => invoice && invoice === body.invoice_id)) return problem(422, 'DUPLICATE_INVOICE_ID');
  if (sum(captures) + Number(body.amount.value) > Number(hold.amount.value) * allowance) return problem(422, 'MAX_CAPTURE_AMOUNT_EXCEEDED');
  const made: Capture = {
    id: newId(),
    status: 'COMPLETED',
    amount: body.amount,
    ...(hold.custom_id && { custom_id: hold.custom_id }),
    ...(body.invoice_id && { invoice_id: body.invoice_id }),
    final_capture: body.final_capture ?? false,
    supplementary_data: { related_ids: { order_id: order.id, authorization_id: hold.id } },
    links: [link(books, `/v2/payments/authorizations/${hold.id}`, 'up')],
    create_time: new Date().toISOString(),
  };
  captures.push(made);
  hold.status = made.final_capture || sum(captures) >= Number(hold.amount.value) ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  books.moved.push({ kind: 'capture', thing: made, at: made.create_time });
  return { http: 201, body: made };
};

export const voidAuthorization = (hold: Authorization): Reply => {
  if (hold.status === 'VOIDED') return problem(422, 'PREVIOUSLY_VOIDED');
  if (hold.status === 'CAPTURED') return problem(422, 'PREVIOUSLY_CAPTURED');
  hold.status = 'VOIDED';
  return { http: 200, body: hold };
};

type RefundBody = { amount: Money; invoice_id?: string; custom_id?: string };

export const refundCapture = (books: Books, order: Order, capture: Capture, body: RefundBody): Reply => {
  const { refunds } = paymentsOf(order);
  const up = link(books, `/v2/payments/captures/${capture.id}`, 'up');
  const before = sum(refunds.filter(({ links }) => links.some(({ href }) => href === up.href)));
  if (capture.status === 'REFUNDED') return problem(422, 'CAPTURE_FULLY_REFUNDED');
  if (before + Number(body.amount.value) > Number(capture.amount.value)) return problem(422, 'REFUND_AMOUNT_EXCEEDED');
  const made: Refund = {
    id: newId(),
    status: 'COMPLETED',
    amount: body.amount,
    ...(body.invoice_id && { invoice_id: body.invoice_id }),
    ...(body.custom_id && { custom_id: body.custom_id }),
    links: [up],
    create_time: new Date().toISOString(),
  };
  refunds.push(made);
  capture.status = before + Number(body.amount.value) === Number(capture.amount.value) ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  books.moved.push({ kind: 'refund', thing: made, at: made.create_time });
  return { http: 201, body: made };
};
