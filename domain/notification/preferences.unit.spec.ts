import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type Channel, channels } from './channel.ts';
import {
  noPreferences,
  type Preferences,
  type PreferencesCommand,
  type PreferencesEvent,
  preferences,
  preferencesStream,
  wantsCategory,
} from './preferences.ts';

const at = '2026-01-10T10:00:00.000Z';
const chosen: Preferences = {
  channels: { sms: false },
  categories: { marketing: { push: false }, news: false, orders: true },
  quietHours: { start: '22:00', end: '07:00', timeZone: null },
  locale: 'en',
};
const set = (change: Partial<Preferences> = {}): PreferencesEvent => ({ type: 'PreferencesSet', data: { ...chosen, ...change, at } });
const toSet = (change: Partial<Preferences> = {}): PreferencesCommand => ({ type: 'Set', preferences: { ...chosen, ...change }, at });
const unsubscribe = (category: string | null, channel: Channel = 'email'): PreferencesCommand => ({
  type: 'Unsubscribe',
  category,
  channel,
  notificationId: 'n1',
  at,
});
const unsubscribed = (category: string | null, channel: Channel = 'email'): PreferencesEvent => ({
  type: 'UserUnsubscribed',
  data: { category, channel, notificationId: 'n1', at },
});
const given = (...history: PreferencesEvent[]) => ({ when: (command: PreferencesCommand) => preferences.decide(command, fold(preferences, history)) });
const wishesAfter = (...history: PreferencesEvent[]): Preferences => {
  const state = fold(preferences, history);
  return state.status === 'set' ? state.preferences : noPreferences;
};

describe('setting preferences', () => {
  it('replaces what was known, and accepts nothing where nothing is new', () => {
    expect(given().when(toSet())).toEqual({ accepted: [set()] });
    expect(given(set()).when(toSet({ categories: { orders: true, news: false, marketing: { push: false } } }))).toEqual({ accepted: [] });
    expect(given(set()).when(toSet({ quietHours: null }))).toEqual({ accepted: [set({ quietHours: null })] });
    expect(wishesAfter(set(), unsubscribed('orders'), set())).toEqual(chosen);
  });

  it('is an event even where it says what nobody had to say', () => {
    expect(given().when({ type: 'Set', preferences: noPreferences, at })).toEqual({ accepted: [{ type: 'PreferencesSet', data: { ...noPreferences, at } }] });
  });
});

describe('unsubscribing', () => {
  it('ends one category on one channel', () => {
    expect(given().when(unsubscribe('marketing'))).toEqual({ accepted: [unsubscribed('marketing')] });
    expect(wishesAfter(unsubscribed('marketing'))).toEqual({ ...noPreferences, categories: { marketing: { email: false } } });
    expect(wishesAfter(set(), unsubscribed('marketing')).categories).toEqual({ ...chosen.categories, marketing: { push: false, email: false } });
    expect(wishesAfter(set(), unsubscribed('orders')).categories).toEqual({ ...chosen.categories, orders: { email: false } });
  });

  it('ends everything on the channel where no category is named', () => {
    expect(wishesAfter(set(), unsubscribed(null)).channels).toEqual({ sms: false, email: false });
    expect(given(set()).when(unsubscribe(null, 'sms'))).toEqual({ accepted: [] });
  });

  it('accepts nothing where that is not wanted anyway', () => {
    expect(given(set()).when(unsubscribe('news'))).toEqual({ accepted: [] });
    expect(given(set()).when(unsubscribe('marketing', 'push'))).toEqual({ accepted: [] });
    expect(given(set()).when(unsubscribe('orders'))).toEqual({ accepted: [unsubscribed('orders')] });
    expect(given(set()).when(unsubscribe('unheard_of'))).toEqual({ accepted: [unsubscribed('unheard_of')] });
    expect(wishesAfter(set(), unsubscribed('news')).categories).toEqual(chosen.categories);
  });

  it('is not confused by categories that are called as what every object has', () => {
    expect(given(set()).when(unsubscribe('constructor'))).toEqual({ accepted: [unsubscribed('constructor')] });
    expect(wantsCategory(wishesAfter(set(), unsubscribed('constructor')), 'constructor', 'email')).toBe(false);
    expect(wantsCategory(noPreferences, 'constructor', 'email')).toBe(true);
  });
});

describe('any order of choices, each perhaps repeated', () => {
  const category = fc.constantFrom('marketing', 'news', null);
  const channel = fc.constantFrom(...channels);
  const byChannel = fc.dictionary(channel, fc.boolean(), { noNullPrototype: true });
  const command: fc.Arbitrary<PreferencesCommand> = fc.oneof(
    fc.tuple(category, channel).map(([one, by]) => unsubscribe(one, by)),
    fc
      .record({
        channels: byChannel,
        categories: fc.dictionary(fc.constantFrom('marketing', 'news'), fc.oneof(fc.boolean(), byChannel), { noNullPrototype: true }),
      })
      .map(toSet),
  );

  it('obeys the last one, and a repeated one changes nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 10 }), (commands) => {
        let state = preferences.initialState;
        for (const one of commands) {
          const decision = preferences.decide(one, state);
          state = fold(preferences, 'accepted' in decision ? decision.accepted : [], state);
          expect(preferences.decide(one, state)).toEqual({ accepted: [] });
          if (state.status === 'absent') throw new Error('nothing came of it');
          if (one.type === 'Set') expect(state.preferences).toEqual(one.preferences);
          else if (one.category === null) expect(state.preferences.channels[one.channel]).toBe(false);
          else expect(wantsCategory(state.preferences, one.category, one.channel)).toBe(false);
        }
      }),
    );
  });
});

it('is a stream for each user', () => {
  expect(preferencesStream('u1')).toBe('preferences-u1');
});
