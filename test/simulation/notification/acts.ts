import { type Channel, channels } from '../../../domain/notification/channel.ts';
import type { Contacts } from '../../../domain/notification/contacts.ts';
import type { Limits } from '../../../domain/notification/limits.ts';
import { noPreferences, type Preferences } from '../../../domain/notification/preferences.ts';
import type { SuppressionReason } from '../../../domain/notification/suppression.ts';
import type { Choices } from '../choices.ts';
import { oneOf } from '../run.ts';
import { contactsOfPerson, markerOf, type Person, people } from './people.ts';

/** What callers and the people themselves do. `after`: milliseconds from the moment of the act. `which`: of those asked for until then, the newest first. */
export type Act =
  | { type: 'ask'; person: Person; asked: Asked }
  | { type: 'cancel'; which: number }
  | { type: 'prefer'; person: Person; preferences: Preferences }
  | { type: 'unsubscribe'; person: Person; category: string | null; channel: Channel }
  | { type: 'move'; person: Person; contacts: Contacts }
  | { type: 'suppress'; person: Person; channel: 'email' | 'sms'; reason: SuppressionReason; category: string | null }
  | { type: 'lift'; person: Person; channel: 'email' | 'sms' }
  | { type: 'erase'; person: Person };

export type Asked = {
  marker: string;
  channels?: Channel[];
  /** Ready content in the place of a template. */
  ready: boolean;
  category?: string;
  priority: 'normal' | 'critical';
  after: number | null;
  digestKey?: string;
  /** Addresses that the caller gives. */
  elsewhere: boolean;
};

/** `faulty`: how often something goes wrong at a door. */
export type Plan = { acts: readonly Act[]; limits: Limits; faulty: number; hour: number };

const categories = ['news', 'orders'] as const;
const later = [20_000, 15 * 60_000, 5 * 3_600_000, 4 * 86_400_000] as const;
const reasons: readonly SuppressionReason[] = ['manual', 'complaint', 'unsubscribed', 'hard_bounce'];

const ask = (person: Person, n: number, choices: Choices): Act => {
  const { chance, pick } = choices;
  const elsewhere = chance(0.3);
  const some = channels.filter((channel) => chance(0.4) && (elsewhere || (channel !== 'chat' && channel !== 'webhook')));
  const digested = chance(0.4);
  const asked: Asked = {
    marker: markerOf(person, n),
    ...(some.length > 0 && { channels: some }),
    ready: chance(0.15),
    ...(chance(0.3) && { category: oneOf(categories, { choices }) }),
    priority: chance(0.12) ? 'critical' : 'normal',
    after: !digested && chance(0.3) ? (later[pick(later.length)] ?? null) : null,
    ...(digested && { digestKey: 'd' }),
    elsewhere,
  };
  return { type: 'ask', person, asked };
};

const prefer = (person: Person, { chance, pick }: Choices): Act => {
  const off = channels.filter(() => chance(0.25));
  const quiet = { start: ['22:00', '00:30', '12:00'][pick(3)] ?? '22:00', end: ['07:00', '06:15', '11:00'][pick(3)] ?? '07:00' };
  const preferences: Preferences = {
    ...noPreferences,
    channels: Object.fromEntries(off.map((channel) => [channel, false])),
    categories: chance(0.4) ? { [categories[pick(2)] ?? 'news']: chance(0.5) ? false : { email: false, sms: true } } : {},
    quietHours: chance(0.5) ? { ...quiet, timeZone: [null, 'Asia/Kolkata', 'UTC'][pick(3)] ?? null } : null,
  };
  return { type: 'prefer', person, preferences };
};

const contactable = ['email', 'sms'] as const;

// What is gathered wants company.
const mostly = [people[0], people[0], people[0], ...people];

const act = (n: number, choices: Choices): Act => {
  const { chance, pick } = choices;
  const person = oneOf(mostly, { choices });
  switch (pick(14)) {
    case 6:
    case 7:
      return { type: 'cancel', which: pick(3) };
    case 8:
    case 9:
      return prefer(person, choices);
    case 10:
      return { type: 'unsubscribe', person, category: chance(0.3) ? null : oneOf(categories, { choices }), channel: oneOf(channels, { choices }) };
    case 11:
      return { type: 'move', person, contacts: contactsOfPerson(person, n, { phone: chance(0.8), tokens: pick(3) }) };
    case 12: {
      const channel = oneOf(contactable, { choices });
      if (chance(0.25)) return { type: 'lift', person, channel };
      return { type: 'suppress', person, channel, reason: oneOf(reasons, { choices }), category: chance(0.3) ? 'news' : null };
    }
    case 13:
      if (chance(0.4)) return { type: 'erase', person };
  }
  return ask(person, n, choices);
};

const limit = { id: 'l', limit: 1, windowSeconds: 1_800 } as const;
const rules: readonly Limits[] = [
  { limits: [] },
  { limits: [] },
  { limits: [{ ...limit, per: 'recipient', policy: 'delay' }] },
  { limits: [{ ...limit, per: 'recipient', channel: 'email', policy: 'drop' }] },
  { limits: [{ ...limit, per: 'category', category: 'news', limit: 2, windowSeconds: 60, policy: 'delay' }] },
];

/** Some lives, in which somebody is written to. */
export const planOf = (choices: Choices): Plan => {
  const { pick } = choices;
  const first = people[0];
  const limits = oneOf(rules, { choices });
  const faulty = [0.15, 0, 0.05, 0.3][pick(4)] ?? 0;
  const hour = pick(24);
  return { limits, faulty, hour, acts: [ask(first, 1, choices), ...Array.from({ length: pick(12) }, (_, index) => act(index + 2, choices))] };
};
