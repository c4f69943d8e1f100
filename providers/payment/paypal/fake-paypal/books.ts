import { randomBytes } from 'node:crypto';

// What PayPal would keep, in the shapes in which it tells of it.

export type Money = { currency_code: string; value: string };
export type Link = { href: string; rel: string; method: string };
type Thing = { id: string; status: string; amount: Money; custom_id?: string; invoice_id?: string; links: Link[]; create_time: string };
type Related = { supplementary_data: { related_ids: { order_id: string; authorization_id?: string } } };
type Answered = { processor_response?: { response_code: string } };
export type Authorization = Thing & Related & Answered & { expiration_time: string };
export type Capture = Thing & Related & Answered & { final_capture: boolean };
export type Refund = Thing;
export type Order = {
  id: string;
  status: string;
  intent: string;
  create_time: string;
  links: Link[];
  payment_source?: Record<string, object>;
  purchase_units: [Unit];
};
export type Unit = {
  reference_id: string;
  amount: Money;
  custom_id?: string;
  invoice_id?: string;
  payments?: { authorizations: Authorization[]; captures: Capture[]; refunds: Refund[] };
};
/** Money that was held, came in or went out. Value as PayPal writes it. */
export type Movement = { kind: 'charge' | 'authorization' | 'capture' | 'refund'; thing: Thing; at: string };

export type Books = {
  url: () => string;
  orders: Map<string, Order>;
  /** What decides how the order's payment ends: the kept means that it is paid with. */
  means: Map<string, string>;
  moved: Movement[];
};

export const newBooks = (url: () => string): Books => ({ url, orders: new Map(), means: new Map(), moved: [] });

/** 17 of PayPal's characters. */
export const newId = (): string => [...randomBytes(17)].map((byte) => 'ABCDEFGHJKLMNPRSTUVWXY0123456789'[byte % 32]).join('');

export const paymentsOf = (order: Order) => {
  order.purchase_units[0].payments ??= { authorizations: [], captures: [], refunds: [] };
  return order.purchase_units[0].payments;
};

export const sum = (things: readonly { amount: Money; status: string }[]): number =>
  things.filter(({ status }) => !['DECLINED', 'FAILED', 'DENIED'].includes(status)).reduce((total, { amount }) => total + Number(amount.value), 0);

type Kinds = NonNullable<Unit['payments']>;

/** One thing of a kind, with the order that it belongs to. */
export const find = <T extends { id: string }>(books: Books, things: (payments: Kinds) => readonly T[], id: string) => {
  for (const order of books.orders.values()) {
    const found = things(paymentsOf(order)).find((thing) => thing.id === id);
    if (found) return { order, found };
  }
  return undefined;
};

export const holds = ({ authorizations }: Kinds) => authorizations;
export const captures = ({ captures: all }: Kinds) => all;
export const refunds = ({ refunds: all }: Kinds) => all;

export const link = (books: Books, path: string, rel: string, method = 'GET'): Link => ({ href: `${books.url()}${path}`, rel, method });
