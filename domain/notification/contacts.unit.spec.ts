import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type Contacts, type ContactsCommand, type ContactsEvent, contacts, contactsAfter, contactsCatalogue, contactsStream } from './contacts.ts';

const at = '2026-01-10T10:00:00.000Z';
const later = '2026-01-11T10:00:00.000Z';
const ada: Contacts = {
  email: 'ada@example.com',
  phone: '+447700900123',
  pushTokens: [
    { provider: 'fcm', token: 'phone' },
    { provider: 'apns', token: 'tablet' },
  ],
  locale: 'en-GB',
  timeZone: 'Europe/London',
};
const set = (change: Partial<Contacts> = {}, when = at): ContactsEvent => ({ type: 'ContactsSet', data: { ...ada, ...change, at: when } });
const removed: ContactsEvent = { type: 'ContactsRemoved', data: { at } };
const toSet = (change: Partial<Contacts> = {}, when = at): ContactsCommand => ({ type: 'Set', contacts: { ...ada, ...change }, at: when });
const dead = (token: string, when = later): ContactsCommand => ({ type: 'RemovePushToken', token, at: when });
const given = (...history: ContactsEvent[]) => ({ when: (command: ContactsCommand) => contacts.decide(command, fold(contacts, history)) });

describe('setting contacts', () => {
  it('replaces what was known', () => {
    expect(given().when(toSet())).toEqual({ accepted: [set()] });
    expect(given(set()).when(toSet({ phone: null }))).toEqual({ accepted: [set({ phone: null })] });
  });

  it('accepts nothing where nothing is new', () => {
    expect(given(set()).when(toSet({}, later))).toEqual({ accepted: [] });
  });

  it.each<[string, Partial<Contacts>]>([
    ['e-mail', { email: null }],
    ['phone', { phone: '+447700900124' }],
    ['locale', { locale: null }],
    ['time zone', { timeZone: 'UTC' }],
    ['number of devices', { pushTokens: [] }],
    ['provider of a token', { pushTokens: [{ provider: 'sns', token: 'phone' }, ...ada.pushTokens.slice(1)] }],
    ['token', { pushTokens: [{ provider: 'fcm', token: 'other' }, ...ada.pushTokens.slice(1)] }],
  ])('sees another %s', (_, change) => {
    expect(given(set()).when(toSet(change))).toEqual({ accepted: [set(change)] });
  });

  it('may follow a removal', () => {
    expect(given(set(), removed).when(toSet())).toEqual({ accepted: [set()] });
  });
});

describe('a dead push token', () => {
  it('is taken out, once', () => {
    const gone: ContactsEvent = { type: 'PushTokenRemoved', data: { token: 'phone', at: later } };
    expect(given(set()).when(dead('phone'))).toEqual({ accepted: [gone] });
    expect(given(set(), gone).when(dead('phone'))).toEqual({ accepted: [] });
    expect(contactsAfter(ada, gone)?.pushTokens).toEqual([{ provider: 'apns', token: 'tablet' }]);
  });

  it('stays where it came after the provider had called it dead', () => {
    expect(given(set({}, later)).when(dead('phone', at))).toEqual({ accepted: [] });
    expect(given(set(), set({ phone: null }, later)).when(dead('phone', '2026-01-10T12:00:00+01:00'))).toMatchObject({
      accepted: [{ type: 'PushTokenRemoved' }],
    });
  });

  it('is none of ours where there are no contacts', () => {
    expect(given().when(dead('phone'))).toEqual({ rejected: 'contacts_not_found' });
    expect(given(set(), removed).when(dead('phone'))).toEqual({ rejected: 'contacts_not_found' });
    expect(contactsAfter(null, { type: 'PushTokenRemoved', data: { token: 'phone', at } })).toBeNull();
  });
});

describe('removing contacts', () => {
  it('leaves nothing, once', () => {
    expect(given(set()).when({ type: 'Remove', at })).toEqual({ accepted: [removed] });
    expect(given(set(), removed).when({ type: 'Remove', at })).toEqual({ rejected: 'contacts_not_found' });
  });
});

describe('what is sealed', () => {
  it('is where the person is, under the key of the person', () => {
    const { ContactsSet, PushTokenRemoved } = contactsCatalogue;
    expect(ContactsSet.personal).toEqual(['email', 'phone', 'pushTokens']);
    expect(ContactsSet.subject?.({ locale: null, timeZone: null, at }, 'u-1')).toBe('customer:u-1');
    expect(PushTokenRemoved.personal).toEqual(['token']);
    expect(contactsStream('u-1')).toBe('contacts-u-1');
  });

  it('is gone with the person: the history still folds', () => {
    const erased: ContactsEvent = { type: 'ContactsSet', data: { locale: 'en-GB', timeZone: 'Europe/London', at } };
    const state = fold(contacts, [erased, { type: 'PushTokenRemoved', data: { at } }]);
    expect(state).toMatchObject({ contacts: { email: null, phone: null, pushTokens: [], locale: 'en-GB' } });
  });
});
