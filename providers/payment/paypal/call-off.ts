import { Type } from 'typebox';
import type { Access } from './access.ts';
import { type Order, unitOf } from './answers.ts';
import type { Answer } from './client.ts';
import { type Belonging, customId } from './references.ts';

/** Changes a field of an order with one purchase. */
export const change = (order: Order, field: 'custom_id' | 'invoice_id', value: string) => ({
  op: unitOf(order)?.[field] === undefined ? 'add' : 'replace',
  path: `/purchase_units/@reference_id=='default'/${field}`,
  value,
});

/** Marks an order that nobody has paid, so that it never will be: PayPal has no call to end one. */
export const callOff = (
  { client, requests }: Access,
  order: Order,
  { paymentId, attemptId, releasedBy }: Belonging & { releasedBy: string },
  traceparent?: string,
): Promise<Answer<unknown>> =>
  client.call(Type.Unknown(), requests.patchOrder(order.id, [change(order, 'custom_id', customId(paymentId, attemptId, releasedBy))]), traceparent);
