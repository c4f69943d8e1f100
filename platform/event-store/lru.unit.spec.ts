import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lru } from './lru.ts';

describe('a cache of what was used last', () => {
  it('keeps the newest half of its entries at least, never more than all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 60 }), (max, keys) => {
        const cache = lru<number>(max);
        for (const [n, key] of keys.entries()) cache.set(String(key), n);
        const newest = [...new Set(keys.toReversed())];
        const there = newest.filter((key) => cache.peek(String(key)) !== undefined);
        expect(there.length).toBeLessThanOrEqual(max + 1);
        expect(there.slice(0, Math.ceil(max / 2))).toEqual(newest.slice(0, Math.ceil(max / 2)));
        for (const key of there) expect(cache.peek(String(key))).toBe(keys.lastIndexOf(key));
      }),
    );
  });

  it('keeps what is used again and again, and lets go of what is deleted', () => {
    const cache = lru<string>(4);
    cache.set('used', 'a');
    for (let n = 0; n < 20; n++) {
      cache.set(`other ${n}`, 'b');
      expect(cache.get('used')).toBe('a');
    }
    cache.delete('used');
    expect(cache.get('used')).toBeUndefined();
    expect(cache.peek('used')).toBeUndefined();
  });
});
