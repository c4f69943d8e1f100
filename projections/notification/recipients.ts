import { type Contacts, type ContactsEvent, contactsAfter, contactsCatalogue } from '../../domain/notification/contacts.ts';
import { noPreferences, type Preferences, type PreferencesEvent, preferencesAfter, preferencesCatalogue } from '../../domain/notification/preferences.ts';
import {
  type SuppressedAddress,
  type SuppressionEvent,
  type SuppressionReason,
  suppressedAfter,
  suppressionCatalogue,
  suppressionReasons,
} from '../../domain/notification/suppression.ts';
import type { PersonEvent } from '../../domain/person.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** Where a user is reached and what they want; null where nothing is known. `erased`: and nothing will ever be. */
export type UserDocument = {
  kind: 'user';
  erased?: true;
  contacts: (Contacts & { updatedAt: string }) | null;
  preferences: (Preferences & { updatedAt: string }) | null;
} & { [K in 'channel' | 'userId' | 'since' | SuppressionReason]?: never };

/** One address that isn't sent to, since its oldest reason; a field for each reason in force, to filter by. */
export type AddressDocument = { kind: 'address'; since: string } & SuppressedAddress & { [R in SuppressionReason]?: true };

/** All that decides whether somebody is sent something: a document for each user, and one for each suppressed address. */
export type RecipientDocument = UserDocument | AddressDocument;

export const userDocument = (userId: string): string => `user:${userId}`;
export const addressDocument = (id: string): string => `address:${id}`;

type Erased = Extract<PersonEvent, { type: 'PersonErased' }>;
type RecipientEvent = ContactsEvent | PreferencesEvent | SuppressionEvent | Erased;
const told = Object.keys({ ...contactsCatalogue, ...preferencesCatalogue, ...suppressionCatalogue }) as Exclude<RecipientEvent, Erased>['type'][];

export const recipients: Projection<RecipientEvent, RecipientDocument> = {
  name: 'recipients',
  version: 1,
  store: 'postgres',
  indexes: {
    kind: 'text',
    channel: 'text',
    userId: 'text',
    since: 'time',
    hard_bounce: 'boolean',
    complaint: 'boolean',
    unsubscribed: 'boolean',
    stop: 'boolean',
    invalid: 'boolean',
    dead_token: 'boolean',
    manual: 'boolean',
  },
  handles: [...told, 'PersonErased'],
  ids: (event) => {
    switch (event.type) {
      case 'AddressSuppressed':
      case 'SuppressionLifted':
        return [addressDocument(event.streamId)];
      case 'PersonErased':
        return [userDocument(event.streamId), ...event.data.addressIds.map(addressDocument)];
      case 'ContactsSet':
      case 'PushTokenRemoved':
      case 'ContactsRemoved':
      case 'PreferencesSet':
      case 'UserUnsubscribed':
        return [userDocument(event.streamId)];
    }
  },
  evolve: (document, event, id) => {
    if (event.type === 'PersonErased') return forgotten(document, id);
    if (event.type === 'AddressSuppressed' || event.type === 'SuppressionLifted') return addressAfter(document?.kind === 'address' ? document : null, event);
    return userAfter(document?.kind === 'user' ? document : nobody, event);
  },
};

const nobody: UserDocument = { kind: 'user', contacts: null, preferences: null };

const userAfter = (user: UserDocument, event: Recorded<ContactsEvent | PreferencesEvent>): UserDocument => {
  const updatedAt = event.at;
  switch (event.type) {
    case 'PreferencesSet':
    case 'UserUnsubscribed':
      return { ...user, preferences: { ...preferencesAfter(withoutTime(user.preferences) ?? noPreferences, event), updatedAt } };
    case 'ContactsSet':
    case 'PushTokenRemoved':
    case 'ContactsRemoved': {
      const contacts = contactsAfter(withoutTime(user.contacts), event);
      return { ...user, contacts: contacts && { ...contacts, updatedAt } };
    }
  }
};

const withoutTime = <T extends { updatedAt: string }>(timed: T | null): Omit<T, 'updatedAt'> | null => {
  if (timed === null) return null;
  const { updatedAt: _, ...rest } = timed;
  return rest;
};

/** Nothing, once nothing is in force. */
const addressAfter = (address: AddressDocument | null, event: Recorded<SuppressionEvent>): AddressDocument | undefined => {
  // What was lifted as a whole left no document: there is nothing more to lift.
  if (address === null && event.type === 'SuppressionLifted') return undefined;
  const { channel, address: text, userId, facts } = suppressedAfter(address, event);
  const since = facts.map(({ at }) => at).toSorted()[0];
  if (since === undefined) return undefined;
  const inForce = suppressionReasons.filter((reason) => facts.some((fact) => fact.reason === reason)).map((reason) => [reason, true] as const);
  return { kind: 'address', since, channel, address: text, userId, facts, ...Object.fromEntries(inForce) };
};

/** Of an erased person nothing is left but that nothing is sent: neither to them, nor to their addresses that are on the list. */
const forgotten = (document: RecipientDocument | undefined, id: string): RecipientDocument | undefined => {
  if (document?.kind === 'address') return { ...document, address: null, userId: null };
  return id.startsWith(userDocument('')) ? { ...nobody, erased: true } : undefined;
};
