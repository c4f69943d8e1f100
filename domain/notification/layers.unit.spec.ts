import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Layers, lookUp, withEntries } from './layers.ts';

it('hold what was put in last, whatever the order and size of what came', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 1 }), fc.nat()), { maxLength: 6, selector: ([key]) => key });
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 30 }), (batches) => {
      const layers = batches.reduce<Layers<number>>((before, batch) => withEntries(before, new Map(batch)), []);
      const plain = new Map(batches.flat());
      for (const [key, value] of plain) expect(lookUp(layers, key)).toBe(value);
      expect(lookUp(layers, 'never put in')).toBeUndefined();
      for (const [index, layer] of layers.entries()) expect(layer.size).toBeGreaterThan(2 * (layers[index - 1]?.size ?? 0));
    }),
  );
});

it('leave what they were made of as it was', () => {
  const before = withEntries<number>([], new Map([['a', 1]]));
  withEntries(before, new Map([['a', 2]]));
  expect(lookUp(before, 'a')).toBe(1);
});
