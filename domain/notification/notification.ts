// One notification to one recipient: the request, and what became of its delivery on each channel.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import type { Channel, Delivery, DeliveryMilestone, Fact } from './delivery.ts';

export const notificationStream = (id: string): string => `notification-${id}`;

/**
 * Ready text, as the caller gave it: `subject`, `text` and `html` for e-mail, `title`, `body` and `url` in the app and for push, with
 * `data` for the app itself, `blocks` for Slack, `type` and `payload` for webhooks.
 */
export type Content = {
  subject?: string;
  text?: string;
  html?: string;
  title?: string;
  body?: string;
  url?: string;
  data?: Readonly<Record<string, string>>;
  blocks?: readonly unknown[];
  type?: string;
  payload?: unknown;
};
export type InAppContent = { title: string; body: string; url: string | null };

/** `to`, `content`, `data` and `metadata` are sealed under the person's key, and absent where the person was erased. */
export type Request = {
  userId: string | null;
  to?: { email?: string };
  /** The version that it was asked for with, and is rendered from, however late. */
  template: { key: string; version: number } | null;
  content?: Content;
  data?: Readonly<Record<string, unknown>>;
  metadata?: Readonly<Record<string, string>>;
  category: string;
  priority: 'normal' | 'critical';
  locale: string;
  deliveries: readonly { id: string; channel: Channel }[];
};

/** `at` is when it happened; `attempt` counts from 1; `provider` is the adapter's name. */
type Result = Receipt & { attempt: number };
/** What a provider tells of a message that it had accepted. */
type Receipt = { deliveryId: string; at: string; provider: string };

export type DeliveryEvent =
  /** The first try found the provider out of reach. Further tries are recorded when they end. */
  | { type: 'DeliveryDelayed'; data: Result & { reason: string } }
  | { type: 'DeliverySent'; data: Result & { reference: string } }
  /** The event is the delivery: the feed is built from it. `content` is sealed, and absent where the person was erased. */
  | { type: 'InAppDelivered'; data: Result & { userId: string; category: string; template: string | null; content?: InAppContent } }
  | { type: 'DeliveryDelivered'; data: Receipt & { reference: string } }
  | { type: 'DeliveryBounced'; data: Receipt & { reason: string } }
  | { type: 'DeliveryFailed'; data: Result & { reason: string } }
  /** Not to be sent, so never tried. */
  | { type: 'DeliverySuppressed'; data: Omit<Receipt, 'provider'> & { reason: string } }
  /** May have been sent: for people to look at, never sent again. */
  | { type: 'DeliveryUnknown'; data: Result & { reason: string } };

export type NotificationEvent = { type: 'NotificationRequested'; data: Request } | DeliveryEvent;

/** Plain JSON: the read model of the details is this very fold. */
export type Notification = { status: 'absent' } | ({ status: 'requested' } & Omit<Request, 'deliveries'> & { deliveries: readonly Delivery[] });
export type Requested = Extract<Notification, { status: 'requested' }>;

const milestoneOf: Record<DeliveryEvent['type'], DeliveryMilestone> = {
  DeliveryDelayed: 'delayed',
  DeliverySent: 'sent',
  DeliveryDelivered: 'delivered',
  InAppDelivered: 'delivered',
  DeliveryBounced: 'bounced',
  DeliveryFailed: 'failed',
  DeliverySuppressed: 'suppressed',
  DeliveryUnknown: 'unknown',
};

const evolve = (notification: Notification, event: NotificationEvent): Notification => {
  if (event.type === 'NotificationRequested') {
    return { status: 'requested', ...event.data, deliveries: event.data.deliveries.map((delivery) => ({ ...delivery, facts: {} })) };
  }
  if (notification.status === 'absent') throw new Error(`${event.type} before NotificationRequested`);
  const delivery = find(notification, event.data.deliveryId);
  if (!delivery) throw new Error(`history names an unknown delivery ${event.data.deliveryId}`);
  return { ...notification, deliveries: notification.deliveries.map((one) => (one === delivery ? withFact(one, event) : one)) };
};

const withFact = (delivery: Delivery, event: DeliveryEvent): Delivery => ({
  ...delivery,
  facts: { [milestoneOf[event.type]]: factOf(event), ...delivery.facts },
});

const factOf = ({ data }: DeliveryEvent): Fact => ({
  at: data.at,
  attempt: 'attempt' in data ? data.attempt : null,
  provider: 'provider' in data ? data.provider : null,
  reference: 'reference' in data ? data.reference : null,
  reason: 'reason' in data ? data.reason : null,
});

const find = (notification: Requested, deliveryId: string) => notification.deliveries.find(({ id }) => id === deliveryId);

export type NotificationCommand =
  | { type: 'Request'; request: Request }
  /** What the channels or the providers' receipts reported, in any order, perhaps again. */
  | { type: 'RecordResults'; results: readonly DeliveryEvent[] };

export type NotificationRejection = 'notification_not_found' | 'delivery_not_found' | 'no_channel' | 'no_address';

type NotificationDecision = Decision<NotificationEvent, NotificationRejection>;

const decide = (command: NotificationCommand, notification: Notification): NotificationDecision => {
  switch (command.type) {
    case 'Request':
      return notification.status === 'absent' ? request(command.request) : accept();
    case 'RecordResults':
      return notification.status === 'absent' ? reject('notification_not_found') : record(command.results, notification);
  }
};

const request = (asked: Request): NotificationDecision => {
  if (asked.deliveries.length === 0) return reject('no_channel');
  if (!asked.deliveries.every(({ channel }) => hasAddress(channel, asked))) return reject('no_address');
  return accept({ type: 'NotificationRequested', data: asked });
};

const record = (results: readonly DeliveryEvent[], notification: Requested): NotificationDecision => {
  if (!results.every(({ data }) => find(notification, data.deliveryId))) return reject('delivery_not_found');
  const known = new Set(notification.deliveries.flatMap(({ id, facts }) => Object.keys(facts).map((kind) => `${id} ${kind}`)));
  const fresh = results.filter(({ type, data }) => {
    const fact = `${data.deliveryId} ${milestoneOf[type]}`;
    return !known.has(fact) && known.add(fact);
  });
  return accept(...fresh);
};

/** Whether the recipient can be reached on the channel at all. */
export const hasAddress = (channel: Channel, { userId, to }: Pick<Request, 'userId' | 'to'>): boolean => {
  switch (channel) {
    case 'email':
      return to?.email !== undefined;
    case 'in_app':
      return userId !== null;
  }
};

export const notification: Decider<Notification, NotificationCommand, NotificationEvent, NotificationRejection> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};

/** A user's notifications are sealed under the same key as the user's payments; a mere address has a key of its own. */
const subject = ({ userId }: { userId: string | null }, id: string): string => (userId === null ? `notification:${id}` : `customer:${userId}`);

export const notificationCatalogue: EventCatalogue<NotificationEvent> = {
  NotificationRequested: { personal: ['to', 'content', 'data', 'metadata'], subject },
  InAppDelivered: { personal: ['content'], subject },
  DeliveryDelayed: {},
  DeliverySent: {},
  DeliveryDelivered: {},
  DeliveryBounced: {},
  DeliveryFailed: {},
  DeliverySuppressed: {},
  DeliveryUnknown: {},
};

/** What the write side needs to know of notifications. */
export const notificationAggregate = { category: 'notification', decider: notification, catalogue: notificationCatalogue };
