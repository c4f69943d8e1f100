// What one user wants to be told, by which channel, and when not.
import { accept, type Decider, type Decision } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import { sameJson } from '../same-json.ts';
import type { Channel } from './channel.ts';

export const preferencesStream = (userId: string): string => `preferences-${userId}`;

/** What isn't named is wanted. */
export type ByChannel = Readonly<Partial<Record<Channel, boolean>>>;

export type Preferences = {
  channels: ByChannel;
  /** All of a category, or parts of it by channel. */
  categories: Readonly<Record<string, boolean | ByChannel>>;
  /** Without a time zone of their own they are in that of the contacts. */
  quietHours: { start: string; end: string; timeZone: string | null } | null;
  locale: string | null;
};

export type PreferencesEvent =
  | { type: 'PreferencesSet'; data: Preferences & { at: string } }
  /** By the link in a message; `category` null: everything on that channel. */
  | { type: 'UserUnsubscribed'; data: { category: string | null; channel: Channel; notificationId: string | null; at: string } };

export type PreferencesState = { status: 'absent' } | { status: 'set'; preferences: Preferences };

/** Who has said nothing wants everything, at any time. */
export const noPreferences: Preferences = { channels: {}, categories: {}, quietHours: null, locale: null };

/** What is said of a category as a whole or in part; undefined where nothing is. */
const wantedOf = ({ categories }: Preferences, category: string): boolean | ByChannel | undefined =>
  Object.hasOwn(categories, category) ? categories[category] : undefined;

/** What is wanted after the event. */
export const preferencesAfter = (before: Preferences, event: PreferencesEvent): Preferences => {
  switch (event.type) {
    case 'PreferencesSet': {
      const { at: _, ...preferences } = event.data;
      return preferences;
    }
    case 'UserUnsubscribed': {
      const { category, channel } = event.data;
      if (category === null) return { ...before, channels: { ...before.channels, [channel]: false } };
      const wanted = wantedOf(before, category);
      const next = wanted === false ? wanted : { ...(wanted === true ? {} : wanted), [channel]: false };
      return { ...before, categories: { ...before.categories, [category]: next } };
    }
  }
};

const evolve = (state: PreferencesState, event: PreferencesEvent): PreferencesState => ({
  status: 'set',
  preferences: preferencesAfter(state.status === 'set' ? state.preferences : noPreferences, event),
});

export type PreferencesCommand =
  /** In the place of all that was known. */
  | { type: 'Set'; preferences: Preferences; at: string }
  | { type: 'Unsubscribe'; category: string | null; channel: Channel; notificationId: string | null; at: string };

const decide = (command: PreferencesCommand, state: PreferencesState): Decision<PreferencesEvent, never> => {
  switch (command.type) {
    case 'Set':
      return state.status === 'set' && sameJson(command.preferences, state.preferences)
        ? accept()
        : accept({ type: 'PreferencesSet', data: { ...command.preferences, at: command.at } });
    case 'Unsubscribe': {
      const { type: _, ...data } = command;
      return isWanted(state, command) ? accept({ type: 'UserUnsubscribed', data }) : accept();
    }
  }
};

/** Whether what is said of the category lets it through on that channel. */
export const wantsCategory = (preferences: Preferences, category: string, channel: Channel): boolean => {
  const wanted = wantedOf(preferences, category);
  return wanted !== false && (typeof wanted !== 'object' || wanted[channel] !== false);
};

const isWanted = (state: PreferencesState, { category, channel }: Extract<PreferencesCommand, { type: 'Unsubscribe' }>): boolean => {
  if (state.status === 'absent') return true;
  return category === null ? state.preferences.channels[channel] !== false : wantsCategory(state.preferences, category, channel);
};

export const preferences: Decider<PreferencesState, PreferencesCommand, PreferencesEvent, never> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};

export const preferencesCatalogue: EventCatalogue<PreferencesEvent> = { PreferencesSet: {}, UserUnsubscribed: {} };

/** What the write side needs to know of preferences. */
export const preferencesAggregate = { category: 'preferences', decider: preferences, catalogue: preferencesCatalogue };
