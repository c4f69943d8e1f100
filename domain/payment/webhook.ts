// One webhook of a provider, as it came: a stream of its own, so that the provider's event id dedupes it, and it can be read again later.
import { accept, type Decider } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** `body` is the raw text, sealed. `paymentId` is whom it speaks of, where that can be told without asking the provider. */
export type WebhookReceived = { provider: string; eventId: string; kind: string; paymentId: string | null; body?: string };
export type WebhookEvent = { type: 'PaymentWebhookReceived'; data: WebhookReceived };
export type Webhook = { status: 'absent' } | ({ status: 'received' } & WebhookReceived);
export type WebhookCommand = { type: 'Receive'; body: string } & Omit<WebhookReceived, 'body'>;

export const webhook: Decider<Webhook, WebhookCommand, WebhookEvent, never> = {
  initialState: { status: 'absent' },
  decide: ({ type: _, ...data }, { status }) => (status === 'absent' ? accept({ type: 'PaymentWebhookReceived', data }) : accept()),
  evolve: (_, { data }) => ({ status: 'received', ...data }),
};

export const webhookCatalogue: EventCatalogue<WebhookEvent> = {
  PaymentWebhookReceived: { personal: ['body'], subject: ({ paymentId }, id) => (paymentId ? `payment:${paymentId}` : `paymentWebhook:${id}`) },
};

export const webhookAggregate = { category: 'paymentWebhook', decider: webhook, catalogue: webhookCatalogue };
