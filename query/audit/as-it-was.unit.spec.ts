import { describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/support/memory-log.ts';
import { asItWas } from './as-it-was.ts';

const log = memoryLog();
const events = ['a', 'b', 'c'].map((letter) => log.append('thing-1', { type: letter, data: {} }));
const letters = (moment: Parameters<typeof asItWas>[2]) => asItWas((before: string | undefined, { type }) => `${before ?? ''}${type}`, events, moment);

describe('a thing as it was', () => {
  it('after so many events', () => expect([1, 2, 3].map((version) => letters({ version }))).toEqual(['a', 'ab', 'abc']));
  it('never after more than there were', () => expect(letters({ version: 4 })).toBeUndefined());
  it('at a time, that very moment included', () => {
    expect(letters({ at: events[1]?.at ?? '' })).toBe('ab');
    expect(letters({ at: '2999-01-01T00:00:00+01:00' })).toBe('abc');
  });
  it('not before it was there', () => expect(letters({ at: '2000-01-01T00:00:00Z' })).toBeUndefined());
  it('at a time and not beyond a version', () => expect(letters({ at: '2999-01-01T00:00:00Z', version: 1 })).toBe('a'));
});
