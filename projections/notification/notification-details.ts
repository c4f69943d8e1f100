import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { type Notification, notification } from '../../domain/notification/notification.ts';
import type { PersonEvent } from '../../domain/person.ts';
import type { Projection } from '../projection.ts';

/** The fold itself, with the times of its first and last event; `version` counts events from 1. */
export type NotificationDetails = { state: Notification; version: number; createdAt: string; updatedAt: string };

type DetailsEvent = NotificationEvent | Extract<PersonEvent, { type: 'RecordsErased' }>;

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

/** One document a notification, for the lookup by id: what the rules themselves make of its history. */
export const notificationDetails: Projection<DetailsEvent, NotificationDetails> = {
  name: 'notification-details',
  version: 3,
  store: 'documents',
  indexes: {},
  handles: [...types, 'RecordsErased'],
  ids: (event) => (event.type === 'RecordsErased' ? ofNotifications(event.data) : [event.streamId]),
  creates: ({ type, revision }) => type !== 'RecordsErased' && revision === 0,
  evolve: (details, event) => {
    if (event.type === 'RecordsErased') return details && { ...details, state: withoutPerson(details.state) };
    if (details && event.revision < details.version) return details;
    const state = notification.evolve(details?.state ?? notification.initialState, event);
    return { state, version: event.revision + 1, createdAt: details?.createdAt ?? event.at, updatedAt: event.at };
  },
};

const ofNotifications = ({ kind, ids }: Extract<DetailsEvent, { type: 'RecordsErased' }>['data']): readonly string[] => (kind === 'notification' ? ids : []);

/** As it is read from the log once the key is gone. */
const withoutPerson = (state: Notification): Notification => {
  if (state.status === 'absent') return state;
  const { to: _, content: __, data: ___, metadata: ____, ...rest } = state;
  return rest;
};
