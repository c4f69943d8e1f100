import { expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type MessageWebhookCommand, type MessageWebhookEvent, messageWebhook, messageWebhookCatalogue } from './message-webhook.ts';

const receive: MessageWebhookCommand = { type: 'Receive', provider: 'sendgrid', at: '2026-06-01T10:00:00.000Z', body: '[]', url: '/api/v1/webhooks/sendgrid' };
const { type: _, ...said } = receive;
const received: MessageWebhookEvent = { type: 'MessageWebhookReceived', data: { ...said, day: '2026-06-01' } };

it('keeps a webhook as it came, once', () => {
  expect(messageWebhook.decide(receive, messageWebhook.initialState)).toEqual({ accepted: [received] });
  expect(messageWebhook.decide(receive, fold(messageWebhook, [received]))).toEqual({ accepted: [] });
  expect(fold(messageWebhook, [received])).toMatchObject({ status: 'received', provider: 'sendgrid' });
});

it('is sealed with all that came on the same day', () => {
  expect(messageWebhookCatalogue.MessageWebhookReceived.subject?.(received.data, 'w1')).toBe('messageWebhooks:2026-06-01');
});
