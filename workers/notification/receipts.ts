import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Channel } from '../../domain/notification/channel.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Bus, PublicEvent } from '../../platform/bus/bus.ts';
import { deliveryId } from '../../platform/delivery-id.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { ChooseTemplate } from '../../platform/templates/choose-template.ts';
import type { NotificationHandler } from './worker.ts';

// Never to be changed: that an event makes no second notification hangs on it.
const namespace = '6f0c3c1e-59a1-4e7e-8a57-8f0b9a2d4c11';

/** What we need of a payment's public event; the rest may be whatever it is. `amount` is minor units. */
const Payment = Type.Object({
  paymentId: Type.String({ minLength: 1 }),
  amount: Type.Integer({ minimum: 1 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  reference: Type.Optional(Type.String({ minLength: 1 })),
  declineCode: Type.Optional(Type.String({ minLength: 1 })),
  refundId: Type.Optional(Type.String({ minLength: 1 })),
  customer: Type.Optional(
    Type.Object({ id: Type.Optional(Type.String({ minLength: 1 })), email: Type.Optional(Type.String()), name: Type.Optional(Type.String({ minLength: 1 })) }),
  ),
});
type Payment = Static<typeof Payment>;
const payment = Compile(Payment);

type Receipt = { template: string; variables: (payment: Payment, time: string) => Record<string, unknown> };

const receipts: Readonly<Record<string, Receipt>> = {
  'payment.captured': { template: 'payment_receipt', variables: (_, time) => ({ paidAt: time }) },
  'payment.refunded': { template: 'payment_refund', variables: ({ refundId }, time) => ({ refundedAt: time, ...(refundId && { refundId }) }) },
  'payment.declined': { template: 'payment_failed', variables: ({ declineCode }, time) => ({ failedAt: time, ...(declineCode && { declineCode }) }) },
};

/** The public events that make a notification. */
export const receiptTypes: readonly string[] = Object.keys(receipts);

export type Asked = { id: string; recipient: Pick<Request, 'userId' | 'to'>; template: string; data: Record<string, unknown>; channels: readonly Channel[] };

/**
 * The notification that a public event asks for; undefined where there is nobody to tell. Its id derives from event, recipient and
 * template, so that the event delivered twice makes one. Throws where the event isn't what the payment service promises.
 */
export const receiptOf = ({ id, type, time, data }: PublicEvent): Asked | undefined => {
  const receipt = receipts[type];
  if (!receipt) return undefined;
  if (!payment.Check(data))
    throw new Error(
      `the public event ${type} ${id} lacks what a receipt needs: ${payment
        .Errors(data)
        .map(({ instancePath, message }) => `${instancePath} ${message}`)
        .join(', ')}`,
    );
  const { paymentId, amount, currency, reference, customer = {} } = data;
  const userId = customer.id ?? null;
  const channels: Channel[] = [...(customer.email ? (['email'] as const) : []), ...(userId === null ? [] : (['in_app'] as const))];
  if (channels.length === 0) return undefined;
  const name = customer.name;
  return {
    id: v5(JSON.stringify([id, userId ?? customer.email, receipt.template]), namespace),
    recipient: { userId, to: customer.email ? { email: customer.email } : {} },
    template: receipt.template,
    data: { paymentId, amount, currency, ...(reference && { reference }), ...(name && { name }), ...receipt.variables(data, time) },
    channels,
  };
};

export type ReceiptSettings = { notifications: Pick<NotificationHandler, 'handle'>; chooseTemplate: ChooseTemplate; now?: () => Date };

/** Asks for the notification of one public event, where it wants one. */
export const requestNotification =
  ({ notifications, chooseTemplate, now = () => new Date() }: ReceiptSettings, actor: string) =>
  async (event: PublicEvent, asked: Asked | undefined): Promise<void> => {
    if (!asked) return;
    const chosen = await chooseTemplate(asked.template, { ...asked.recipient, priority: 'normal', at: now().toISOString() });
    if (!chosen) throw new Error(`there is no template ${asked.template}, which ${event.type} needs`);
    const { template, experiment } = chosen;
    const request: Request = {
      at: new Date().toISOString(),
      ...asked.recipient,
      template: { key: template.key, version: template.version },
      data: asked.data,
      category: template.category,
      priority: 'normal',
      locale: template.locale,
      anyLocale: true,
      ...(experiment && { experiment }),
      deliveries: asked.channels.map((channel) => ({ id: deliveryId(asked.id, { channel }), channel })),
    };
    const handled = await notifications.handle(
      asked.id,
      { type: 'Request', request },
      {
        commandId: v5('request', asked.id),
        actor,
        correlationId: event.subject,
        causationId: event.id,
        ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
      },
    );
    if ('rejected' in handled) throw new Error(`the notification of ${event.type} ${event.id} was refused: ${handled.rejected}`);
  };

export const sendReceipt = (settings: ReceiptSettings) => {
  const request = requestNotification(settings, 'worker:receipts');
  return async (event: PublicEvent): Promise<void> => request(event, receiptOf(event));
};

/** Turns the payment service's public events into notifications, for as long as it runs. */
export const runReceipts = ({ bus, ...settings }: ReceiptSettings & { bus: Bus }): Promise<{ stop: () => Promise<void> }> =>
  bus.consume('notification-receipts', receiptTypes, sendReceipt(settings));
