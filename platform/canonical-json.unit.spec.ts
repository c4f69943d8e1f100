import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
};

it('is one text for equal values, and that text is JSON for the value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const received: unknown = JSON.parse(JSON.stringify(value));
      expect(canonicalJson(shuffled(received))).toBe(canonicalJson(received));
      expect(JSON.parse(canonicalJson(received))).toEqual(received);
    }),
  );
});

it('differs where the values do', () => {
  expect(new Set([{}, [], null, 'null', 0, '0', { a: 1 }, { a: '1' }, [1], { a: [1, 2] }, { a: [2, 1] }].map(canonicalJson)).size).toBe(11);
});
