import { type Channel, type Delivery, type NotificationStatus, notificationStatus } from '../../domain/notification/delivery.ts';
import { type NotificationEvent, notification, notificationCatalogue, type Requested } from '../../domain/notification/notification.ts';
import type { Projection } from '../projection.ts';

/** What a list shows, without the words and addresses; a field for each channel, to filter by. */
export type NotificationListItem = {
  userId: string | null;
  status: NotificationStatus;
  template: string | null;
  templateVersion: number | null;
  category: string;
  priority: 'normal' | 'critical';
  locale: string;
  deliveries: readonly Delivery[];
  version: number;
  createdAt: string;
  updatedAt: string;
} & Record<Channel, boolean>;

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

/** One row a notification, for lists. */
export const notificationList: Projection<NotificationEvent, NotificationListItem> = {
  name: 'notification-list',
  version: 1,
  store: 'postgres',
  indexes: { userId: 'text', status: 'text', template: 'text', category: 'text', email: 'boolean', in_app: 'boolean', createdAt: 'time' },
  handles: types,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (item, event) => {
    if (item && event.revision < item.version) return item;
    const after = notification.evolve(item ? asRequested(item) : notification.initialState, event);
    if (after.status === 'absent') throw new Error(`${event.type} left nothing of ${event.stream}`);
    return itemOf(after, { version: event.revision + 1, createdAt: item?.createdAt ?? event.at, updatedAt: event.at });
  },
};

type Times = { version: number; createdAt: string; updatedAt: string };

const itemOf = ({ userId, template, category, priority, locale, deliveries }: Requested, times: Times): NotificationListItem => {
  const uses = (channel: Channel) => deliveries.some((one) => one.channel === channel);
  return {
    userId,
    status: notificationStatus(deliveries),
    template: template?.key ?? null,
    templateVersion: template?.version ?? null,
    category,
    priority,
    locale,
    deliveries,
    ...times,
    email: uses('email'),
    in_app: uses('in_app'),
  };
};

/** The state again, but for what a list leaves out. */
export const asRequested = ({ userId, template, templateVersion, category, priority, locale, deliveries }: NotificationListItem): Requested => ({
  status: 'requested',
  userId,
  template: template === null || templateVersion === null ? null : { key: template, version: templateVersion },
  category,
  priority,
  locale,
  deliveries,
});
