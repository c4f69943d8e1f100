import { problem, type Reply } from './answers.ts';
import { type Books, captures, find, holds, refunds } from './books.ts';
import { createOrder, type OrderBody, patchOrder, payOrder } from './orders.ts';
import { captureAuthorization, refundCapture, voidAuthorization } from './payments.ts';
import { searchTransactions } from './search.ts';

/** `operation` is PayPal's own path, as its description has it. `moves`: money, or a hold on it. */
export type Route = {
  verb: string;
  path: RegExp;
  operation: string;
  moves: boolean;
  run: (books: Books, id: string, body: never, query: URLSearchParams) => Reply;
};

export type Limits = { pageSize: number; most: number };

const notFound = problem(404, 'INVALID_RESOURCE_ID');

/** The description has its bodies checked before they come here. */
export const routesOf = (limits: () => Limits): readonly Route[] => [
  route('POST', '/v2/checkout/orders', false, (books, _, body: OrderBody) => ({ http: 201, body: createOrder(books, body) })),
  route('GET', '/v2/checkout/orders/{id}', false, (books, id) => {
    const order = books.orders.get(id);
    return order ? { http: 200, body: order } : notFound;
  }),
  route('PATCH', '/v2/checkout/orders/{id}', false, (books, id, body: Parameters<typeof patchOrder>[1]) => {
    const order = books.orders.get(id);
    return order ? patchOrder(order, body) : notFound;
  }),
  route('POST', '/v2/checkout/orders/{id}/capture', true, paying('capture')),
  route('POST', '/v2/checkout/orders/{id}/authorize', true, paying('authorize')),
  route('GET', '/v2/payments/authorizations/{authorization_id}', false, showing(holds)),
  route('POST', '/v2/payments/authorizations/{authorization_id}/capture', true, (books, id, body: Parameters<typeof captureAuthorization>[3]) => {
    const hold = find(books, holds, id);
    return hold ? captureAuthorization(books, hold.order, hold.found, body) : notFound;
  }),
  route('POST', '/v2/payments/authorizations/{authorization_id}/void', true, (books, id) => {
    const hold = find(books, holds, id);
    return hold ? voidAuthorization(hold.found) : notFound;
  }),
  route('GET', '/v2/payments/captures/{capture_id}', false, showing(captures)),
  route('POST', '/v2/payments/captures/{capture_id}/refund', true, (books, id, body: Parameters<typeof refundCapture>[3]) => {
    const capture = find(books, captures, id);
    return capture ? refundCapture(books, capture.order, capture.found, body) : notFound;
  }),
  route('GET', '/v2/payments/refunds/{refund_id}', false, showing(refunds)),
  route('GET', '/v1/reporting/transactions', false, (books, _, __, query) => searchTransactions(books, query, limits())),
];

const route = <B>(verb: string, operation: string, moves: boolean, run: (books: Books, id: string, body: B, query: URLSearchParams) => Reply): Route => ({
  verb,
  operation,
  moves,
  path: new RegExp(`^${operation.replace(/\{\w+\}/, '([A-Za-z0-9]+)')}$`),
  run,
});

function paying(how: 'capture' | 'authorize') {
  return (books: Books, id: string, body: { payment_source?: OrderBody['payment_source'] } | undefined): Reply => {
    const order = books.orders.get(id);
    return order ? payOrder(books, order, how, body?.payment_source) : notFound;
  };
}

function showing<T extends { id: string }>(things: Parameters<typeof find<T>>[1]) {
  return (books: Books, id: string): Reply => {
    const thing = find(books, things, id);
    return thing ? { http: 200, body: thing.found } : notFound;
  };
}
