import type { Channel } from '../../../domain/notification/channel.ts';
import type { Preferences } from '../../../domain/notification/preferences.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';

// What people want, worked out once more, by other means than those that decide it.

type Position = bigint;
/** A message to somebody, as far as wishes are about it. `addressId` null: an address that nobody keeps a list of. */
export type About = { person: string; channel: Channel; category: string; critical: boolean; addressId: string | null };
type Wish = { at: Position; person: string; preferences: Preferences };
type Listing = { at: Position; until: Position; id: string; reason: string; category: string | null };

const has = <K extends string>(data: object, key: K): data is Record<K, unknown> => key in data;
const text = (data: object, key: string): string => (has(data, key) && typeof data[key] === 'string' ? data[key] : '');

export type Wishes = ReturnType<typeof wishesIn>;

export const wishesIn = (events: readonly Recorded[]) => {
  const wishes = preferencesIn(events);
  const listings = listingsIn(events);
  const moments = events.filter(({ stream }) => /^(preferences|suppression)-/.test(stream)).map(({ position }) => position);

  const preferencesAt = (person: string, at: Position): Preferences | undefined => wishes.findLast((one) => one.person === person && one.at <= at)?.preferences;
  const optOutAt = ({ person, channel, category, critical }: About, at: Position): boolean => {
    const wanted = preferencesAt(person, at);
    if (critical || !wanted) return false;
    const of = wanted.categories[category];
    return wanted.channels[channel] === false || of === false || (typeof of === 'object' && of[channel] === false);
  };
  const listedAt = ({ addressId, category, critical }: About, at: Position): boolean =>
    listings.some(
      (one) =>
        one.id === addressId &&
        one.at <= at &&
        at < one.until &&
        (one.category === null || one.category === category) &&
        !(critical && one.reason === 'unsubscribed'),
    );
  /** All that was the case from then until then. */
  const momentsIn = (from: Position, to: Position): Position[] => [from, ...moments.filter((one) => one > from && one < to)];

  return {
    /** Whether it was unwanted all the time. */
    unwanted: (about: About, from: Position, to: Position): boolean => momentsIn(from, to).every((at) => optOutAt(about, at) || listedAt(about, at)),
    /** Whether it was unwanted at some time, by the person's own wishes. */
    everOptedOut: (about: About, from: Position, to: Position): boolean => momentsIn(from, to).some((at) => optOutAt(about, at)),
    /** Whether the address was on the list for that reason at some time, and for such a message. */
    everListed: (about: About, reason: string): boolean => listings.some((one) => one.reason === reason && listedAt(about, one.at)),
    /** Whether a device of theirs was taken out. */
    lostDevice: (person: string): boolean => events.some((one) => one.type === 'PushTokenRemoved' && one.streamId === person),
    /** Whether the person had quiet hours all the time that were not over by this clock. */
    quiet: (person: string, clock: number, from: Position, to: Position): boolean =>
      momentsIn(from, to).every((at) => isQuiet(preferencesAt(person, at)?.quietHours ?? null, clock)),
  };
};

const preferencesIn = (events: readonly Recorded[]): Wish[] => {
  const wishes: Wish[] = [];
  for (const { type, data, streamId: person, position: at } of events) {
    if (type === 'PreferencesSet' && has(data, 'channels')) wishes.push({ at, person, preferences: data as Preferences });
    if (type !== 'UserUnsubscribed') continue;
    const before = wishes.findLast((one) => one.person === person)?.preferences ?? { channels: {}, categories: {}, quietHours: null, locale: null };
    const channel = text(data, 'channel');
    const category = text(data, 'category');
    const of = before.categories[category];
    const preferences =
      category === ''
        ? { ...before, channels: { ...before.channels, [channel]: false } }
        : { ...before, categories: { ...before.categories, [category]: of === false ? false : { ...(typeof of === 'object' ? of : {}), [channel]: false } } };
    wishes.push({ at, person, preferences });
  }
  return wishes;
};

const never: Position = 2n ** 62n;

const listingsIn = (events: readonly Recorded[]): Listing[] => {
  const listings: Listing[] = [];
  for (const { type, data, streamId: id, position: at } of events) {
    if (type === 'AddressSuppressed') listings.push({ at, until: never, id, reason: text(data, 'reason'), category: text(data, 'category') || null });
    if (type === 'SuppressionLifted') for (const one of listings) if (one.id === id && one.until === never) one.until = at;
  }
  return listings;
};

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** In UTC, or in Kolkata, which is 5:30 ahead all year. */
const isQuiet = (hours: Preferences['quietHours'], clock: number): boolean => {
  if (hours === null) return false;
  const ahead = hours.timeZone === 'Asia/Kolkata' ? 330 : 0;
  const now = (Math.floor(clock / 60_000) + ahead) % 1_440;
  const [start, end] = [minutesOf(hours.start), minutesOf(hours.end)];
  return start < end ? now >= start && now < end : now >= start || now < end;
};
