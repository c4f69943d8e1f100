// One person, to whom payments, notifications, contacts and messages belong: that they were erased.
import { accept, type Decider, type Decision } from './decider.ts';
import type { EventCatalogue } from './event.ts';

export const personStream = (userId: string): string => `person-${userId}`;

/** Under whose key everything personal of a user is sealed. */
export const personSubject = (userId: string): string => `customer:${userId}`;

/** Their key is deleted. `addressIds`: of the suppressed addresses that were theirs, whose words go too; the ids are keyed hashes. */
export type PersonEvent = { type: 'PersonErased'; data: { addressIds: readonly string[]; at: string } };

export type Person = { erased: boolean; addressIds: ReadonlySet<string> };

const evolve = ({ addressIds }: Person, { data }: PersonEvent): Person => ({ erased: true, addressIds: new Set([...addressIds, ...data.addressIds]) });

export type PersonCommand = { type: 'Erase'; addressIds: readonly string[]; at: string };

/** Erasing again takes what has turned up since. */
const decide = ({ addressIds, at }: PersonCommand, person: Person): Decision<PersonEvent, never> => {
  const fresh = [...new Set(addressIds)].filter((id) => !person.addressIds.has(id));
  return person.erased && fresh.length === 0 ? accept() : accept({ type: 'PersonErased', data: { addressIds: fresh, at } });
};

export const person: Decider<Person, PersonCommand, PersonEvent, never> = { initialState: { erased: false, addressIds: new Set() }, decide, evolve };

export const personCatalogue: EventCatalogue<PersonEvent> = { PersonErased: {} };

/** What the write side needs to know of people. */
export const personAggregate = { category: 'person', decider: person, catalogue: personCatalogue };
