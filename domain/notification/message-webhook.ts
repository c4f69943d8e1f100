// One webhook of a provider of messages, as it came: a stream of its own, so that it is stored once, and can be read again later.
import { accept, type Decider } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** `body` and `url` (path and query) are as they came, sealed: both may name people. `day`: on which it came, UTC; all of a day have one key. */
export type MessageWebhookReceived = { provider: string; day: string; at: string; body?: string; url?: string };
export type MessageWebhookEvent = { type: 'MessageWebhookReceived'; data: MessageWebhookReceived };
export type MessageWebhook = { status: 'absent' } | ({ status: 'received' } & MessageWebhookReceived);
export type MessageWebhookCommand = { type: 'Receive'; provider: string; at: string; body: string; url: string };

export const messageWebhook: Decider<MessageWebhook, MessageWebhookCommand, MessageWebhookEvent, never> = {
  initialState: { status: 'absent' },
  decide: ({ type: _, ...received }, { status }) =>
    status === 'absent' ? accept({ type: 'MessageWebhookReceived', data: { ...received, day: received.at.slice(0, 10) } }) : accept(),
  evolve: (_, { data }) => ({ status: 'received', ...data }),
};

/** Under whose key the webhooks of a day are sealed; it is deleted once nobody reads them again. */
export const webhooksOfDay = (day: string): string => `messageWebhooks:${day}`;

export const messageWebhookCatalogue: EventCatalogue<MessageWebhookEvent> = {
  MessageWebhookReceived: { personal: ['body', 'url'], subject: ({ day }) => webhooksOfDay(day) },
};

export const messageWebhookAggregate = { category: 'messageWebhook', decider: messageWebhook, catalogue: messageWebhookCatalogue };
