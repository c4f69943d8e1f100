import { type Channel, channels } from '../../domain/notification/channel.ts';
import { type NotificationStatus, notificationStatus } from '../../domain/notification/delivery.ts';
import { nextDue } from '../../domain/notification/due.ts';
import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { notification, type Requested } from '../../domain/notification/notification.ts';
import type { Projection } from '../projection.ts';

/**
 * A row of lists, without words and addresses: the state but for those, and what is filtered by. `channels`: those that it goes by, in
 * their order. `dueAt`: when something is to be done next, for whoever makes sure that it is; null where nothing is.
 */
export type NotificationListItem = {
  state: Listed;
  userId: string | null;
  status: NotificationStatus;
  template: string | null;
  category: string;
  channels: string;
  dueAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};
type Listed = Omit<Requested, 'to' | 'content' | 'data' | 'metadata' | 'caller'>;

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

/** One row a notification, for lists, and for finding what is due. */
export const notificationList: Projection<NotificationEvent, NotificationListItem> = {
  name: 'notification-list',
  version: 3,
  store: 'postgres',
  indexes: { userId: 'text', status: 'text', template: 'text', category: 'text', channels: 'text', createdAt: 'time', dueAt: 'time' },
  handles: types,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (item, event) => {
    if (item && event.revision < item.version) return item;
    const after = notification.evolve(item?.state ?? notification.initialState, event);
    if (after.status === 'absent') throw new Error(`${event.type} left nothing of ${event.stream}`);
    return itemOf(after, { version: event.revision + 1, createdAt: item?.createdAt ?? event.at, updatedAt: event.at });
  },
};

type Times = { version: number; createdAt: string; updatedAt: string };

const itemOf = (after: Requested, times: Times): NotificationListItem => {
  const { to, content, data, metadata, caller, ...state } = after;
  const { userId, template, category, deliveries, sendAt } = state;
  return {
    state,
    userId,
    status: notificationStatus(deliveries, sendAt !== undefined),
    template: template?.key ?? null,
    category,
    channels: joined(channels.filter((channel) => deliveries.some((one) => one.channel === channel))),
    dueAt: nextDue(state, times.createdAt),
    ...times,
  };
};

const joined = (those: readonly Channel[]): string => those.join(',');

/** Every value of `channels` that names this one. */
export const channelsWith = (channel: Channel): readonly string[] =>
  Array.from({ length: 2 ** channels.length }, (_, set) => channels.filter((_, bit) => (set >> bit) % 2 === 1))
    .filter((those) => those.includes(channel))
    .map(joined);
