import { describe, expect, it } from 'vitest';
import { fold } from './decider.ts';
import { type PersonCommand, type PersonEvent, person, personStream, personSubject } from './person.ts';

const at = '2026-01-10T10:00:00.000Z';
const erased = (...addressIds: string[]): PersonEvent => ({ type: 'PersonErased', data: { addressIds, at } });
const erase = (...addressIds: string[]): PersonCommand => ({ type: 'Erase', addressIds, at });
const given = (...history: PersonEvent[]) => ({ when: (command: PersonCommand) => person.decide(command, fold(person, history)) });

describe('erasing a person', () => {
  it('is recorded once, even of somebody of whom nothing was known', () => {
    expect(given().when(erase())).toEqual({ accepted: [erased()] });
    expect(given(erased()).when(erase())).toEqual({ accepted: [] });
  });

  it('names the addresses that were theirs, and those that turned up since', () => {
    expect(given().when(erase('a', 'b', 'a'))).toEqual({ accepted: [erased('a', 'b')] });
    expect(given(erased('a')).when(erase('a', 'b'))).toEqual({ accepted: [erased('b')] });
    expect(given(erased('a'), erased('b')).when(erase('a', 'b'))).toEqual({ accepted: [] });
  });

  it('is followed by what read models hold of them, each named once', () => {
    const records = (...ids: string[]): PersonEvent => ({ type: 'RecordsErased', data: { kind: 'notification', ids, at } });
    const eraseRecords = (...ids: string[]): PersonCommand => ({ type: 'EraseRecords', kind: 'notification', ids, at });
    expect(given(erased('a')).when(eraseRecords('a', 'b'))).toEqual({ accepted: [records('a', 'b')] });
    expect(given(erased(), records('a')).when(eraseRecords('a', 'b', 'b'))).toEqual({ accepted: [records('b')] });
    expect(given(erased(), records('a')).when(eraseRecords('a'))).toEqual({ accepted: [] });
    expect(given(erased(), records('a')).when({ ...eraseRecords('a'), kind: 'feed_item' } as PersonCommand)).toMatchObject({
      accepted: [{ data: { kind: 'feed_item' } }],
    });
    expect(given().when(eraseRecords('a'))).toEqual({ rejected: 'person_not_erased' });
  });

  it('is in a stream of their own; what is theirs is under one key', () => {
    expect(personStream('u1')).toBe('person-u1');
    expect(personSubject('u1')).toBe('customer:u1');
  });
});
