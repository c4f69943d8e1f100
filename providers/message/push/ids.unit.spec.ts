import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapseIdOf, isUuid, uuidOf } from './ids.ts';

describe('ids that a vendor prescribes', () => {
  it('are the same for the same delivery, and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(isUuid(uuidOf(one))).toBe(true);
        expect(uuidOf(one) === uuidOf(other)).toBe(one === other);
        expect(collapseIdOf(one)).toMatch(/^[\x21-\x7e]{1,64}$/);
        expect(collapseIdOf(one) === collapseIdOf(other)).toBe(one === other);
      }),
    );
  });

  it('are the delivery id and the key themselves, where those will do', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [4, 7] }), (id) => {
        expect(uuidOf(id)).toBe(id);
      }),
    );
    expect(collapseIdOf('order-7')).toBe('order-7');
  });
});
