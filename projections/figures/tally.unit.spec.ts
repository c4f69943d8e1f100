import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { added, addTo, noCounts, type Tally } from './tally.ts';

const countsOf = (tally: Tally): Map<number, number> => {
  const counts = new Float64Array(512);
  addTo(counts, tally);
  return new Map([...counts.entries()].filter(([, count]) => count !== 0));
};

describe('a tally', () => {
  const additions = fc.array(fc.tuple(fc.nat(511), fc.integer({ min: 1, max: 99_999_999_999 })), { maxLength: 30 });

  it('holds what was added to it, in whatever portions', () => {
    fc.assert(
      fc.property(fc.array(additions, { maxLength: 5 }), (portions) => {
        const expected = new Map<number, number>();
        for (const [slot, count] of portions.flat()) expected.set(slot, (expected.get(slot) ?? 0) + count);
        expect(countsOf(portions.reduce<Tally>(added, noCounts))).toEqual(expected);
      }),
    );
  });

  it('is the same text, whatever the order', () => {
    fc.assert(
      fc.property(additions, (some) => {
        expect(added(noCounts, some)).toBe(added(noCounts, some.toReversed()));
      }),
    );
    expect(
      added('1:2,70:3', [
        [4, 5],
        [3, 1],
        [71, 9],
      ]),
    ).toBe('1:2,3:1.5,70:3.9');
  });
});
