import type { Engagement } from '../../domain/notification/delivery.ts';
import type { EndpointEvent } from '../../domain/notification/endpoint.ts';
import type { DeliveryEvent, NotificationEvent } from '../../domain/notification/events.ts';
import type { Notification, Requested } from '../../domain/notification/notification.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import type { PublicType } from '../../platform/bus/public-events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { NotificationHandler } from './worker.ts';

type Private = NotificationEvent | EndpointEvent;

const engagementTypes = {
  opened: 'notification.opened',
  clicked: 'notification.clicked',
  complained: 'notification.complained',
  unsubscribed: 'notification.unsubscribed',
} as const satisfies Record<Engagement, PublicType>;

/** What others may know, by the event that tells it: what is only put off stays private. */
export const tells = {
  NotificationRequested: ['notification.requested'],
  NotificationCanceled: ['notification.canceled'],
  DeliverySent: ['notification.sent'],
  DeliveryDelivered: ['notification.delivered'],
  InAppDelivered: ['notification.delivered'],
  DeliveryBounced: ['notification.bounced'],
  DeliveryFailed: ['notification.failed'],
  DeliveryUndelivered: ['notification.failed'],
  DeliverySuppressed: ['notification.suppressed'],
  DeliveryUnknown: ['notification.unknown'],
  EngagementRecorded: Object.values(engagementTypes),
  EndpointDisabled: ['endpoint.disabled'],
} as const satisfies Partial<Record<Private['type'], readonly PublicType[]>>;

type Told = Extract<Private, { type: keyof typeof tells }>;
type OfDelivery = Extract<Told, DeliveryEvent>;
const isTold = (event: Recorded): event is Recorded<Told> => Object.hasOwn(tells, event.type);

/** The notification that an event is of, once it has that delivery. What public events say of it never changes, so what is in memory will do. */
export type LoadNotification = (id: string, deliveryId: string) => Promise<{ state: Notification } | undefined>;

/** From memory where it is there, else read. */
export const recallNotification =
  (notifications: Pick<NotificationHandler, 'load' | 'waitUntil'>): LoadNotification =>
  async (id, deliveryId) =>
    (await notifications.waitUntil(id, (state) => state.status === 'requested' && state.deliveries.some((one) => one.id === deliveryId), { timeoutMs: 500 })) ??
    (await notifications.load(id));

/** The CloudEvent of one of the notification service's events; undefined for what stays private. Without words, addresses and names. */
export const notificationToPublic = async (event: Recorded, load: LoadNotification): Promise<PublicEvent | undefined> =>
  isTold(event)
    ? {
        specversion: '1.0',
        id: event.id,
        source: '/notifications',
        type: typeOf(event),
        subject: event.streamId,
        time: event.at,
        datacontenttype: 'application/json',
        ...(event.metadata.traceparent !== undefined && { traceparent: event.metadata.traceparent }),
        data: await dataOf(event, load),
      }
    : undefined;

const typeOf = (event: Told): PublicType => (event.type === 'EngagementRecorded' ? engagementTypes[event.data.what] : tells[event.type][0]);

const dataOf = async (event: Recorded<Told>, load: LoadNotification): Promise<PublicEvent['data']> => {
  switch (event.type) {
    case 'EndpointDisabled':
      return { endpointId: event.streamId, reason: event.data.reason };
    case 'NotificationRequested':
      return { ...aboutNotification(event.streamId, event.data), channels: [...new Set(event.data.deliveries.map(({ channel }) => channel))] };
    case 'NotificationCanceled':
      return aboutNotification(event.streamId, await requested(event, '', load));
    default: {
      const notification = await requested(event, event.data.deliveryId, load);
      return { ...aboutNotification(event.streamId, notification), ...aboutDelivery(event, notification) };
    }
  }
};

const requested = async (event: Recorded<Told>, deliveryId: string, load: LoadNotification): Promise<Requested> => {
  const loaded = await load(event.streamId, deliveryId);
  if (loaded?.state.status !== 'requested') throw new Error(`${event.type} ${event.id} is of notification ${event.streamId}, which isn't there`);
  return loaded.state;
};

const aboutNotification = (
  notificationId: string,
  { userId, template, category, experiment }: Pick<Request, 'userId' | 'template' | 'category' | 'experiment'>,
) => ({
  notificationId,
  ...(userId !== null && { userId }),
  ...(template !== null && { template: template.key }),
  category,
  ...(experiment && { experiment: { key: experiment.key, variant: experiment.variant } }),
});

const aboutDelivery = ({ data }: OfDelivery, { deliveries }: Requested) => {
  const channel = deliveries.find(({ id }) => id === data.deliveryId)?.channel;
  return {
    deliveryId: data.deliveryId,
    ...(channel !== undefined && { channel }),
    ...('provider' in data && { provider: data.provider }),
    ...('reason' in data && { reason: data.reason }),
    ...('link' in data && data.link !== undefined && { link: data.link }),
  };
};
