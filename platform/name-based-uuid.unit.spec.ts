import fc from 'fast-check';
import { v5 } from 'uuid';
import { expect, it } from 'vitest';
import { nameBasedUuid, v5 as ours } from './name-based-uuid.ts';

it('is what the library makes of any name in any namespace', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string({ unit: 'binary' }), (namespace, name) => {
      expect(nameBasedUuid(namespace)(name)).toBe(v5(name, namespace));
      expect(ours(name, namespace)).toBe(v5(name, namespace));
    }),
  );
});
