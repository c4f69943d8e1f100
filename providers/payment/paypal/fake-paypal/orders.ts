import type { Reply } from './answers.ts';
import { problem } from './answers.ts';
import { type Books, type Capture, link, type Money, newId, type Order, paymentsOf } from './books.ts';

type Source = { paypal?: { vault_id?: string }; card?: { vault_id?: string } };
export type OrderBody = {
  intent: string;
  purchase_units: [{ amount: Money; custom_id?: string; invoice_id?: string }];
  payment_source?: Source;
};

export const createOrder = (books: Books, { intent, purchase_units: [unit], payment_source: source }: OrderBody): Order => {
  const id = newId();
  const page = { href: `https://www.paypal.example/checkoutnow?token=${id}`, rel: source ? 'payer-action' : 'approve', method: 'GET' };
  const order: Order = {
    id,
    status: source ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    intent,
    create_time: new Date().toISOString(),
    links: [link(books, `/v2/checkout/orders/${id}`, 'self'), page],
    ...(source && { payment_source: { paypal: {} } }),
    purchase_units: [{ reference_id: 'default', ...unit }],
  };
  books.orders.set(id, order);
  return order;
};

type Patch = { op: string; path: string; value: string }[];

export const patchOrder = (order: Order, patches: Patch): Reply => {
  if (order.status === 'COMPLETED') return problem(422, 'ORDER_ALREADY_COMPLETED');
  const [unit] = order.purchase_units;
  for (const { op, path, value } of patches) {
    const field = /^\/purchase_units\/@reference_id=='default'\/(custom_id|invoice_id)$/.exec(path)?.[1];
    if (field !== 'custom_id' && field !== 'invoice_id') return problem(400, 'FIELD_NOT_PATCHABLE');
    if (op !== (unit[field] === undefined ? 'add' : 'replace')) return problem(400, 'INVALID_PATCH_OPERATION');
    unit[field] = value;
  }
  return { http: 204 };
};

/** Captures or authorizes, whichever the path says. What the payment is made with decides how it ends. */
export const payOrder = (books: Books, order: Order, how: 'capture' | 'authorize', source: Source | undefined): Reply => {
  if ((how === 'capture') !== (order.intent === 'CAPTURE')) return problem(422, 'ACTION_DOES_NOT_MATCH_INTENT');
  if (order.status === 'COMPLETED') return problem(422, how === 'capture' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED');
  const means = source?.card?.vault_id ?? source?.paypal?.vault_id ?? books.means.get(order.id);
  if (!means || (!source && order.status === 'PAYER_ACTION_REQUIRED')) return problem(422, 'ORDER_NOT_APPROVED');
  if (source) books.means.set(order.id, means);
  const issue = /^refused-([A-Z_]+)$/.exec(means)?.[1];
  if (issue) return problem(422, issue);
  if (means === 'asks-first' && source) {
    order.status = 'PAYER_ACTION_REQUIRED';
    order.payment_source = { card: { last_digits: '2701', brand: 'VISA' } };
    order.links = [{ href: `https://www.paypal.example/webapps/helios?action=verify&flow=3ds&cart_id=${order.id}`, rel: 'payer-action', method: 'GET' }];
    return { http: 201, body: order };
  }
  order.status = 'COMPLETED';
  if (how === 'capture') capture(books, order, means);
  else authorize(books, order, means);
  return { http: 201, body: order };
};

const ended = (means: string) => {
  const code = /^declined-(.+)$/.exec(means)?.[1];
  return { declined: code !== undefined, pending: means === 'pending', response: code ? { processor_response: { response_code: code } } : {} };
};

const capture = (books: Books, order: Order, means: string): void => {
  const [{ amount, custom_id: custom, invoice_id: invoice }] = order.purchase_units;
  const { declined, pending, response } = ended(means);
  const made: Capture = {
    id: newId(),
    status: declined ? 'DECLINED' : pending ? 'PENDING' : 'COMPLETED',
    amount,
    ...(custom && { custom_id: custom }),
    ...(invoice && { invoice_id: invoice }),
    final_capture: true,
    supplementary_data: { related_ids: { order_id: order.id } },
    ...response,
    links: [link(books, `/v2/checkout/orders/${order.id}`, 'up')],
    create_time: new Date().toISOString(),
  };
  paymentsOf(order).captures.push(made);
  if (!declined && !pending) books.moved.push({ kind: 'charge', thing: made, at: made.create_time });
};

const authorize = (books: Books, order: Order, means: string): void => {
  const [{ amount, custom_id: custom, invoice_id: invoice }] = order.purchase_units;
  const { declined, pending, response } = ended(means);
  const made = {
    id: newId(),
    status: declined ? 'DENIED' : pending ? 'PENDING' : 'CREATED',
    amount,
    ...(custom && { custom_id: custom }),
    ...(invoice && { invoice_id: invoice }),
    supplementary_data: { related_ids: { order_id: order.id } },
    ...response,
    links: [link(books, `/v2/checkout/orders/${order.id}`, 'up')],
    create_time: new Date().toISOString(),
    expiration_time: new Date(Date.now() + 29 * 86_400_000).toISOString(),
  };
  paymentsOf(order).authorizations.push(made);
  if (!declined && !pending) books.moved.push({ kind: 'authorization', thing: made, at: made.create_time });
};
