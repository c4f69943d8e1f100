import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import { engagements } from '../../domain/notification/delivery.ts';
import type { EndpointEvent } from '../../domain/notification/endpoint.ts';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import { notification } from '../../domain/notification/notification.ts';
import { asyncApi } from '../../platform/bus/asyncapi.ts';
import { notificationPublicTypes } from '../../platform/bus/public-events.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { notificationToPublic, recallNotification } from './public-events.ts';

const at = '2026-06-01T10:00:00.000Z';
const secret = 'ada@example.com';
const requested: NotificationEvent = {
  type: 'NotificationRequested',
  data: {
    userId: 'u1',
    to: { email: secret },
    template: { key: 'payment_receipt', version: 1 },
    content: { text: secret },
    data: { name: secret },
    metadata: { note: secret },
    category: 'payments',
    priority: 'normal',
    locale: 'en',
    experiment: { key: 'subject', variant: 'b', recipient: 'x' },
    deliveries: [
      { id: 'mail', channel: 'email' },
      { id: 'app', channel: 'in_app' },
    ],
  },
};
const receipt = { deliveryId: 'mail', at, provider: 'smtp' };
const tried = { ...receipt, attempt: 1 };
const about = { notificationId: 'n1', userId: 'u1', template: 'payment_receipt', category: 'payments', experiment: { key: 'subject', variant: 'b' } };

const told = async (...history: NotificationEvent[]) => {
  const log = memoryLog();
  const state = fold(notification, history);
  const recorded = history.map((event) => log.append('notification-n1', event));
  return (await Promise.all(recorded.map((event) => notificationToPublic(event, async () => ({ state }))))).filter((event) => event !== undefined);
};
const endpointTold = (event: EndpointEvent) => notificationToPublic(memoryLog().append('endpoint-e1', event), async () => undefined);

const everything: NotificationEvent[] = [
  requested,
  { type: 'DeliveryPostponed', data: { deliveryId: 'mail', at, until: at, reason: 'quiet_hours' } },
  { type: 'DeliveryDelayed', data: { ...tried, reason: 'connection refused' } },
  { type: 'DeliveryUnknown', data: { ...tried, reason: 'connection lost' } },
  { type: 'DeliverySent', data: { ...tried, reference: secret } },
  { type: 'DeliveryDelivered', data: { ...receipt, reference: secret } },
  {
    type: 'InAppDelivered',
    data: { ...tried, deliveryId: 'app', userId: 'u1', category: 'payments', template: null, content: { title: secret, body: secret, url: null } },
  },
  { type: 'DeliveryBounced', data: { ...receipt, reason: 'mailbox full' } },
  { type: 'DeliveryFailed', data: { ...tried, reason: 'no such mailbox' } },
  { type: 'DeliveryUndelivered', data: { ...receipt, reason: '30005' } },
  { type: 'DeliverySuppressed', data: { deliveryId: 'mail', at, reason: 'recipient_erased' } },
  ...engagements.map((what): NotificationEvent => ({ type: 'EngagementRecorded', data: { ...receipt, what, ...(what === 'clicked' && { link: 0 }) } })),
  { type: 'NotificationCanceled', data: { at, reason: secret } },
];

it('tells what became of a notification, and nothing that is personal', async () => {
  const events = await told(...everything);
  expect(events.map(({ type }) => type)).toEqual([
    'notification.requested',
    'notification.unknown',
    'notification.sent',
    'notification.delivered',
    'notification.delivered',
    'notification.bounced',
    'notification.failed',
    'notification.failed',
    'notification.suppressed',
    'notification.opened',
    'notification.clicked',
    'notification.complained',
    'notification.unsubscribed',
    'notification.canceled',
  ]);
  expect(events[0]).toMatchObject({ source: '/notifications', subject: 'n1', data: { ...about, channels: ['email', 'in_app'] } });
  expect(events[2]?.data).toEqual({ ...about, deliveryId: 'mail', channel: 'email', provider: 'smtp' });
  expect(events[5]?.data).toMatchObject({ reason: 'mailbox full' });
  expect(JSON.stringify(events)).not.toContain(secret);
});

it('tells of a disabled endpoint without its address', async () => {
  expect(await endpointTold({ type: 'EndpointDisabled', data: { reason: 'gone', at } })).toMatchObject({
    type: 'endpoint.disabled',
    subject: 'e1',
    data: { endpointId: 'e1', reason: 'gone' },
  });
  expect(await endpointTold({ type: 'EndpointEnabled', data: { at } })).toBeUndefined();
});

it('says just what the AsyncAPI document promises', async () => {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  const { messages } = asyncApi({ title: 'Notifications', version: '1.0.0', sends: notificationPublicTypes, receives: [] }).components;
  const nobody: NotificationEvent = { ...requested, data: { ...requested.data, userId: null, template: null } };
  const disabled = await endpointTold({ type: 'EndpointDisabled', data: { reason: 'failing', at } });
  const events = [...(await told(...everything)), ...(await told(nobody)), ...(disabled ? [disabled] : [])];
  for (const event of events) {
    const payload = messages[event.type]?.payload;
    const valid = ajv.compile(Object(payload));
    expect(valid(event), `${event.type}: ${JSON.stringify(valid.errors)}`).toBe(true);
    const { properties } = Object(Object(payload).properties.data);
    expect(Object.keys(event.data).filter((field) => !(field in properties))).toEqual([]);
  }
  expect([...new Set(events.map(({ type }) => type))].toSorted()).toEqual(notificationPublicTypes.toSorted());
});

it('is of notifications that exist, as this process has them in memory or as they are read', async () => {
  const event = memoryLog().append('notification-n2', { type: 'DeliverySent', data: { ...tried, reference: 'x' } });
  await expect(notificationToPublic(event, async () => undefined)).rejects.toThrow("isn't there");
  const state = fold(notification, [requested]);
  const loaded = { state, version: 1, position: 1n, createdAt: at, updatedAt: at };
  const asked: string[] = [];
  const recall = (inMemory: boolean) =>
    recallNotification({
      waitUntil: async (_, settled) => (inMemory && settled(state) ? loaded : undefined),
      load: async (id) => {
        asked.push(id);
        return loaded;
      },
    })('n1', 'mail');
  expect([await recall(true), asked]).toEqual([loaded, []]);
  expect([await recall(false), asked]).toEqual([loaded, ['n1']]);
});
