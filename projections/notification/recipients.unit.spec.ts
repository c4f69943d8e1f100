import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contacts, type ContactsEvent, contacts } from '../../domain/notification/contacts.ts';
import { noPreferences, type PreferencesEvent, preferences } from '../../domain/notification/preferences.ts';
import { type SuppressionEvent, type SuppressionReason, suppression, suppressionReasons } from '../../domain/notification/suppression.ts';
import type { PersonEvent } from '../../domain/person.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type RecipientDocument, recipients } from './recipients.ts';

type Erased = Extract<PersonEvent, { type: 'PersonErased' }>;
type Event = ContactsEvent | PreferencesEvent | SuppressionEvent | Erased;

const at = '2026-06-01T10:00:00.000Z';
const later = '2026-06-02T10:00:00.000Z';
const ada: Contacts = { email: 'ada@example.com', phone: null, pushTokens: [{ provider: 'fcm', token: 't1' }], locale: null, timeZone: null };
const contactsSet: ContactsEvent = { type: 'ContactsSet', data: { ...ada, at } };
const tokenGone: ContactsEvent = { type: 'PushTokenRemoved', data: { token: 't1', at: later } };
const contactsGone: ContactsEvent = { type: 'ContactsRemoved', data: { at: later } };
const wishes: PreferencesEvent = { type: 'PreferencesSet', data: { ...noPreferences, locale: 'en', at } };
const unsubscribed: PreferencesEvent = { type: 'UserUnsubscribed', data: { category: 'news', channel: 'email', notificationId: null, at: later } };
const suppressed = (reason: SuppressionReason, category: string | null = null, when = at): SuppressionEvent => ({
  type: 'AddressSuppressed',
  data: { channel: 'email', address: 'ada@example.com', userId: 'u1', reason, category, provider: 'ses', notificationId: 'n1', at: when },
});
const lifted = (reason: SuppressionReason | null): SuppressionEvent => ({ type: 'SuppressionLifted', data: { reason, at: later } });
const erased: Erased = { type: 'PersonErased', data: { addressIds: ['a1'], at: later } };

const recorded = (event: Event, streamId: string, revision = 0): Recorded<Event> => {
  const metadata = { commandId: 'c', actor: 'a', at, $correlationId: 'c', $causationId: 'c', previousHash: '', hash: 'h' };
  return { ...event, id: `e${revision}`, stream: `x-${streamId}`, streamId, revision, position: BigInt(revision), at, metadata };
};
const historyOf = (streamId: string, ...events: readonly Event[]) =>
  events.reduce<RecipientDocument | undefined>(
    (document, event) => recipients.evolve(document, recorded(event, streamId), streamId === 'u1' ? 'user:u1' : 'address:a1'),
    undefined,
  );
const userAfter = (...events: readonly Event[]) => historyOf('u1', ...events);
const addressAfter = (...events: readonly Event[]) => historyOf('a1', ...events);

describe('the document of a user', () => {
  it('holds contacts and preferences, each with its time', () => {
    expect(userAfter(contactsSet, wishes, tokenGone, unsubscribed)).toEqual({
      kind: 'user',
      contacts: { ...ada, pushTokens: [], updatedAt: at },
      preferences: { ...noPreferences, locale: 'en', categories: { news: { email: false } }, updatedAt: at },
    });
    expect(userAfter(unsubscribed)).toMatchObject({ contacts: null, preferences: { categories: { news: { email: false } } } });
    expect(userAfter(contactsSet, wishes, contactsGone)).toMatchObject({ contacts: null, preferences: { locale: 'en' } });
  });

  it('is found by the stream, and so is that of an address', () => {
    for (const event of [contactsSet, tokenGone, contactsGone, wishes, unsubscribed]) expect(recipients.ids(recorded(event, 'u1'))).toEqual(['user:u1']);
    for (const event of [suppressed('stop'), lifted(null)]) expect(recipients.ids(recorded(event, 'a1'))).toEqual(['address:a1']);
    expect(recipients.ids(recorded(erased, 'u1'))).toEqual(['user:u1', 'address:a1']);
  });

  it('says nothing of who was erased but that, for good', () => {
    const nothing = { kind: 'user', erased: true, contacts: null, preferences: null };
    expect(userAfter(contactsSet, wishes, erased)).toEqual(nothing);
    expect(userAfter(erased)).toEqual(nothing);
    expect(userAfter(erased, unsubscribed)).toMatchObject({ erased: true });
  });
});

describe('the document of an address', () => {
  it('holds every reason in force, and a field for each', () => {
    expect(addressAfter(suppressed('unsubscribed', 'news', later), suppressed('hard_bounce'))).toEqual({
      kind: 'address',
      channel: 'email',
      address: 'ada@example.com',
      userId: 'u1',
      since: at,
      facts: [
        { reason: 'unsubscribed', category: 'news', provider: 'ses', notificationId: 'n1', at: later },
        { reason: 'hard_bounce', category: null, provider: 'ses', notificationId: 'n1', at },
      ],
      unsubscribed: true,
      hard_bounce: true,
    });
    const left = addressAfter(suppressed('unsubscribed', 'news', later), suppressed('hard_bounce'), lifted('hard_bounce'));
    expect(left).toMatchObject({ since: later, unsubscribed: true });
    expect(left).not.toHaveProperty('hard_bounce');
  });

  it('is gone when nothing is in force, and comes back when something is', () => {
    expect(addressAfter(suppressed('stop'), lifted(null))).toBeUndefined();
    expect(addressAfter(suppressed('stop'), lifted(null), lifted('stop'))).toBeUndefined();
    expect(addressAfter(suppressed('stop'), lifted(null), suppressed('complaint'))).toMatchObject({ facts: [{ reason: 'complaint' }] });
  });

  it('is made by no erasure', () => {
    expect(addressAfter(erased)).toBeUndefined();
  });

  it('outlives the person, without saying what address it is', () => {
    const document = addressAfter(suppressed('complaint'), erased);
    expect(document).toMatchObject({ kind: 'address', address: null, userId: null, complaint: true });
    expect(JSON.stringify(document)).not.toContain('ada');
  });

  it('agrees with the rules, whatever happened', () => {
    const event = fc.oneof(
      fc.tuple(fc.constantFrom(...suppressionReasons), fc.option(fc.constant('news'))).map(([reason, category]) => suppressed(reason, category)),
      fc.option(fc.constantFrom(...suppressionReasons)).map(lifted),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (rest) => {
        const events = [suppressed('manual'), ...rest];
        const { about } = events.reduce(suppression.evolve, suppression.initialState);
        const document = addressAfter(...events);
        expect(document?.kind === 'address' ? document.facts : []).toEqual(about?.facts);
      }),
    );
  });
});

it('is the same that the rules make of a user’s history', () => {
  const history = [contactsSet, tokenGone];
  const state = history.reduce(contacts.evolve, contacts.initialState);
  expect(userAfter(...history)).toMatchObject({ contacts: state.status === 'set' ? state.contacts : null });
  const wanted = [wishes, unsubscribed].reduce(preferences.evolve, preferences.initialState);
  expect(userAfter(wishes, unsubscribed)).toMatchObject({ preferences: wanted.status === 'set' ? wanted.preferences : null });
});
