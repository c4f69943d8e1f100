// Where one user can be reached.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import { personSubject } from '../person.ts';
import { sameJson } from '../same-json.ts';

export const contactsStream = (userId: string): string => `contacts-${userId}`;

export const pushProviders = ['fcm', 'apns', 'onesignal', 'sns'] as const;
export type PushProvider = (typeof pushProviders)[number];

/** One app on one device, as the provider knows it. */
export type PushToken = { provider: PushProvider; token: string };
export const mostPushTokens = 20;

/** `phone` in E.164; `locale` BCP 47; `timeZone` an IANA name. */
export type Contacts = {
  email: string | null;
  phone: string | null;
  pushTokens: readonly PushToken[];
  locale: string | null;
  timeZone: string | null;
};

export type ContactsEvent =
  /** E-mail, phone and tokens are sealed, and absent where the person was erased. */
  | { type: 'ContactsSet'; data: Partial<Pick<Contacts, 'email' | 'phone' | 'pushTokens'>> & Pick<Contacts, 'locale' | 'timeZone'> & { at: string } }
  /** It leads nowhere any more. `token` is sealed. */
  | { type: 'PushTokenRemoved'; data: { token?: string; at: string } }
  | { type: 'ContactsRemoved'; data: { at: string } };

/** `since`: from when on we have had each token. */
export type ContactsState = { status: 'absent' } | { status: 'set'; contacts: Contacts; since: ReadonlyMap<string, string> };

/** What is known after the event; null where there is nothing. */
export const contactsAfter = (before: Contacts | null, event: ContactsEvent): Contacts | null => {
  switch (event.type) {
    case 'ContactsSet': {
      const { email = null, phone = null, pushTokens = [], locale, timeZone } = event.data;
      return { email, phone, pushTokens, locale, timeZone };
    }
    case 'PushTokenRemoved':
      return before && { ...before, pushTokens: before.pushTokens.filter(({ token }) => token !== event.data.token) };
    case 'ContactsRemoved':
      return null;
  }
};

const evolve = (state: ContactsState, event: ContactsEvent): ContactsState => {
  const before = state.status === 'set' ? state : { contacts: null, since: new Map<string, string>() };
  const contacts = contactsAfter(before.contacts, event);
  if (contacts === null) return { status: 'absent' };
  return { status: 'set', contacts, since: new Map(contacts.pushTokens.map(({ token }) => [token, before.since.get(token) ?? event.data.at])) };
};

export type ContactsCommand =
  /** In the place of all that was known. */
  | { type: 'Set'; contacts: Contacts; at: string }
  /** `at` is when the provider says it was dead: a token that came later is another app's, or alive again. */
  | { type: 'RemovePushToken'; token: string; at: string }
  | { type: 'Remove'; at: string };

export type ContactsRejection = 'contacts_not_found';

type ContactsDecision = Decision<ContactsEvent, ContactsRejection>;

const decide = (command: ContactsCommand, state: ContactsState): ContactsDecision => {
  if (command.type === 'Set') return set(command, state);
  if (state.status === 'absent') return reject('contacts_not_found');
  switch (command.type) {
    case 'RemovePushToken':
      return removeToken(command, state);
    case 'Remove':
      return accept({ type: 'ContactsRemoved', data: { at: command.at } });
  }
};

type Command<T extends ContactsCommand['type']> = Extract<ContactsCommand, { type: T }>;

const set = ({ contacts, at }: Command<'Set'>, state: ContactsState): ContactsDecision =>
  state.status === 'set' && sameJson(contacts, state.contacts) ? accept() : accept({ type: 'ContactsSet', data: { ...contacts, at } });

const removeToken = ({ token, at }: Command<'RemovePushToken'>, { since }: Extract<ContactsState, { status: 'set' }>): ContactsDecision => {
  const known = since.get(token);
  return known === undefined || Date.parse(known) > Date.parse(at) ? accept() : accept({ type: 'PushTokenRemoved', data: { token, at } });
};

export const contacts: Decider<ContactsState, ContactsCommand, ContactsEvent, ContactsRejection> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};

/** Under the same key as the user's payments and notifications. */
const subject = (_: object, userId: string): string => personSubject(userId);

export const contactsCatalogue: EventCatalogue<ContactsEvent> = {
  ContactsSet: { personal: ['email', 'phone', 'pushTokens'], subject },
  PushTokenRemoved: { personal: ['token'], subject },
  ContactsRemoved: {},
};

/** What the write side needs to know of contacts. */
export const contactsAggregate = { category: 'contacts', decider: contacts, catalogue: contactsCatalogue };
