// One person, to whom payments, notifications, contacts and messages belong: that they were erased.
import { accept, type Decider, type Decision, reject } from './decider.ts';
import type { EventCatalogue } from './event.ts';

export const personStream = (userId: string): string => `person-${userId}`;

/** Under whose key everything personal of a user is sealed. */
export const personSubject = (userId: string): string => `customer:${userId}`;

/** What read models hold of people, each under its own id. */
export type RecordKind = 'notification' | 'feed_item' | 'payment';

export type PersonEvent =
  /** Their key is deleted. `addressIds`: of the suppressed addresses that were theirs, whose words go too; the ids are keyed hashes. */
  | { type: 'PersonErased'; data: { addressIds: readonly string[]; at: string } }
  /** What read models had opened before the key was deleted is to be dropped from them. */
  | { type: 'RecordsErased'; data: { kind: RecordKind; ids: readonly string[]; at: string } };

/** `gone`: what was named, by kind and id. */
export type Person = { erased: boolean; gone: ReadonlySet<string> };

const evolve = (person: Person, event: PersonEvent): Person => {
  switch (event.type) {
    case 'PersonErased':
      return { erased: true, gone: new Set([...person.gone, ...named('address', event.data.addressIds)]) };
    case 'RecordsErased':
      return { ...person, gone: new Set([...person.gone, ...named(event.data.kind, event.data.ids)]) };
  }
};

const named = (kind: RecordKind | 'address', ids: readonly string[]): string[] => ids.map((id) => `${kind} ${id}`);

export type PersonCommand =
  | { type: 'Erase'; addressIds: readonly string[]; at: string }
  /** After the person was erased: nothing more is opened then. */
  | { type: 'EraseRecords'; kind: RecordKind; ids: readonly string[]; at: string };

export type PersonRejection = 'person_not_erased';

/** Erasing again takes what has turned up since. */
const decide = (command: PersonCommand, person: Person): Decision<PersonEvent, PersonRejection> => {
  const fresh = (kind: RecordKind | 'address', ids: readonly string[]) => [...new Set(ids)].filter((id) => !person.gone.has(`${kind} ${id}`));
  switch (command.type) {
    case 'Erase': {
      const addressIds = fresh('address', command.addressIds);
      return person.erased && addressIds.length === 0 ? accept() : accept({ type: 'PersonErased', data: { addressIds, at: command.at } });
    }
    case 'EraseRecords': {
      if (!person.erased) return reject('person_not_erased');
      const ids = fresh(command.kind, command.ids);
      return ids.length === 0 ? accept() : accept({ type: 'RecordsErased', data: { kind: command.kind, ids, at: command.at } });
    }
  }
};

export const person: Decider<Person, PersonCommand, PersonEvent, PersonRejection> = { initialState: { erased: false, gone: new Set() }, decide, evolve };

export const personCatalogue: EventCatalogue<PersonEvent> = { PersonErased: {}, RecordsErased: {} };

/** What the write side needs to know of people. */
export const personAggregate = { category: 'person', decider: person, catalogue: personCatalogue };
