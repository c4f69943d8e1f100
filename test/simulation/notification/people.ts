import type { Contacts } from '../../../domain/notification/contacts.ts';

/** Who is written to. Everything that is somebody's bears their name, or their number: so it is seen where it stands in another's message. */
export const people = ['ann', 'bob', 'cyd'] as const;
export type Person = (typeof people)[number];

const phonePrefix = (person: Person): string => `+447700${people.indexOf(person) + 1}`;

/** The nth contacts of somebody. */
export const contactsOfPerson = (person: Person, n: number, { phone, tokens }: { phone: boolean; tokens: number }): Contacts => ({
  email: `${person}.${n}@example.com`,
  phone: phone ? `${phonePrefix(person)}${String(n).padStart(5, '0')}` : null,
  pushTokens: Array.from({ length: tokens }, (_, index) => ({ provider: 'fcm', token: `token-${person}-${n + index}` })),
  locale: null,
  timeZone: null,
});

/** What a request is known by in the words of its message. */
export const markerOf = (person: Person, n: number): string => `${person}-r${n}`;
export const markersIn = (text: string): readonly string[] => [...text.matchAll(/\[([a-z]+-r\d+)\]/g)].map(([, marker = '']) => marker);
export const personOf = (marker: string): Person | undefined => people.find((one) => marker.startsWith(`${one}-`));

/** Whose data stand in the text, but for those of this person. */
export const othersIn = (text: string, person: Person): readonly Person[] =>
  people.filter((other) => other !== person && (new RegExp(`\\b${other}\\b`).test(text) || text.includes(phonePrefix(other))));
