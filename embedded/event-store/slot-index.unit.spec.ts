import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newSlotIndex } from './slot-index.ts';

// Few ids and few slots, so that ids repeat and share buckets.
const CAPACITY = 5;
const id = fc.constantFrom('a', 'f', 'k', 'p', 'b');

it('finds each slot by the id that it holds now, and none by an id that it held before', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 60 }), (ids) => {
      const index = newSlotIndex(CAPACITY);
      const ring: string[] = [];
      for (const [position, next] of ids.entries()) {
        const slot = position % CAPACITY;
        const held = ring[slot];
        if (held !== undefined) index.remove(held, slot);
        ring[slot] = next;
        index.add(next, slot);
        for (const asked of ['a', 'f', 'k', 'p', 'b', 'z']) {
          const candidates = [...index.mayHold(asked)];
          expect(new Set(candidates).size).toBe(candidates.length);
          const holding = ring.flatMap((kept, at) => (kept === asked ? [at] : []));
          expect(candidates.filter((at) => ring[at] === asked).sort()).toEqual(holding);
        }
      }
    }),
  );
});

it('knows nothing of an id that was never there', () => {
  expect([...newSlotIndex(CAPACITY).mayHold('a')]).toEqual([]);
});
