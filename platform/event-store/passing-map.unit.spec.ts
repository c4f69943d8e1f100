import fc from 'fast-check';
import { expect, it } from 'vitest';
import { passingMap } from './passing-map.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('clear' as const) }),
);

it('is a Map, also after it was made anew', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: 700 }), (steps, before) => {
      const map = passingMap<number>();
      const model = new Map<string, number>();
      for (let i = 0; i < before; i++) {
        map.set('passing', i);
        map.delete('passing');
      }
      for (const one of steps) {
        if (one.do === 'set') {
          map.set(one.key, one.value);
          model.set(one.key, one.value);
        } else if (one.do === 'delete') {
          map.delete(one.key);
          model.delete(one.key);
        } else {
          map.clear();
          model.clear();
        }
        expect([...map.entries()]).toEqual([...model]);
        expect([map.get('a'), map.has('b')]).toEqual([model.get('a'), model.has('b')]);
      }
    }),
  );
});

it('keeps what stays while thousands pass, in the order in which they came', () => {
  const map = passingMap<number>();
  map.set('first', 1);
  map.set('second', 2);
  for (let i = 0; i < 5_000; i++) {
    map.set(`passing-${i}`, i);
    map.delete(`passing-${i}`);
  }
  map.set('third', 3);
  expect([...map.entries()]).toEqual([
    ['first', 1],
    ['second', 2],
    ['third', 3],
  ]);
});
