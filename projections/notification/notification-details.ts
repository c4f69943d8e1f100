import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { type Notification, notification } from '../../domain/notification/notification.ts';
import type { Projection } from '../projection.ts';

/** The fold itself, with the times of its first and last event; `version` counts events from 1. */
export type NotificationDetails = { state: Notification; version: number; createdAt: string; updatedAt: string };

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

/** One document a notification, for the lookup by id: what the rules themselves make of its history. */
export const notificationDetails: Projection<NotificationEvent, NotificationDetails> = {
  name: 'notification-details',
  version: 2,
  store: 'documents',
  indexes: {},
  handles: types,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (details, event) => {
    if (details && event.revision < details.version) return details;
    const state = notification.evolve(details?.state ?? notification.initialState, event);
    return { state, version: event.revision + 1, createdAt: details?.createdAt ?? event.at, updatedAt: event.at };
  },
};
