import type { Client } from './client.ts';
import type { Order } from './orders.ts';

/** What became of one order or credit. `amount` in minor units; a credit may be spread over several payments. */
export type Result =
  | { kind: 'charged'; order: Order; paymentId: string; amount: number; replayed: boolean }
  | { kind: 'declined'; order: Order; paymentId: string; code: string }
  | { kind: 'refunded'; order: Order; amount: number; refunds: number }
  | { kind: 'refused'; order: Order; code: string }
  | { kind: 'undecided'; order: Order; paymentId: string };

type Charged = { paymentId: string; left: number };

/** Charges orders and refunds credits against the same customer's earlier payments, the latest first. One customer's lines must come one after the other. */
export const shop = (api: Client) => {
  const paid = new Map<string, Charged[]>();

  const charge = async (order: Order): Promise<Result> => {
    const { amount, currency, customer, country } = order;
    const created = await api.post(
      '/api/v1/payments',
      {
        amount,
        currency,
        reference: order.order,
        ...(customer !== null && { customer: { id: customer, ...(country !== null && { country }) } }),
      },
      `order-${order.order}`,
    );
    if (created.status !== 201) return { kind: 'refused', order, code: codeOf(created.body) };
    const paymentId = String(created.body.id);
    const processed = await api.post(
      `/api/v1/payments/${paymentId}/process`,
      { paymentMethod: { type: 'card', token: order.token ?? 'tok_success' } },
      `process-${order.order}`,
    );
    if (processed.status === 402) return { kind: 'declined', order, paymentId, code: String(processed.body.declineCode) };
    const payment = processed.status === 202 ? await settled(api, paymentId) : processed;
    if (payment.status !== 200) return { kind: 'refused', order, code: codeOf(payment.body) };
    if (payment.body.status !== 'succeeded') return { kind: 'undecided', order, paymentId };
    if (customer !== null) paid.set(key(order), [{ paymentId, left: amount }, ...(paid.get(key(order)) ?? [])]);
    return { kind: 'charged', order, paymentId, amount, replayed: created.replayed };
  };

  const credit = async (order: Order): Promise<Result> => {
    if (order.customer === null) return { kind: 'refused', order, code: 'credit_without_customer' };
    const payments = paid.get(key(order)) ?? [];
    if (payments.reduce((sum, { left }) => sum + left, 0) < order.amount) return { kind: 'refused', order, code: 'credit_exceeds_earlier_payments' };
    let rest = order.amount;
    let refunds = 0;
    for (const payment of payments) {
      const part = Math.min(rest, payment.left);
      if (part === 0) continue;
      const refund = await api.post(
        `/api/v1/payments/${payment.paymentId}/refund`,
        { amount: part, reason: `credit ${order.order}` },
        `credit-${order.order}-${refunds}`,
      );
      if (refund.status >= 400) return { kind: 'refused', order, code: codeOf(refund.body) };
      payment.left -= part;
      rest -= part;
      refunds += 1;
    }
    return { kind: 'refunded', order, amount: order.amount, refunds };
  };

  return (order: Order): Promise<Result> => (order.kind === 'order' ? charge(order) : credit(order));
};

const key = ({ customer, currency }: Order): string => `${customer} ${currency}`;
const codeOf = (body: Record<string, unknown>): string => String(body.code ?? 'no_code');

// Undecided payments are asked for again, less and less often, for about a minute: their outcome comes by webhook or by reconciliation.
const settled = async (api: Client, paymentId: string) => {
  let answer = await api.get(`/api/v1/payments/${paymentId}`);
  for (let pause = 100; pause < 30_000 && answer.body.status === 'processing'; pause *= 2) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    answer = await api.get(`/api/v1/payments/${paymentId}`);
  }
  return answer;
};
