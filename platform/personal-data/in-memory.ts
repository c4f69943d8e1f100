import type { KeyObject } from 'node:crypto';
import { keyOf, newKeyBytes } from './box.ts';
import type { PersonalData } from './personal-data.ts';
import { fromBox, toBox } from './sealing.ts';

/** Keys in memory, lost with the process: for tests, where there is no database. */
export const inMemoryPersonalData = (): PersonalData => {
  const keys = new Map<string, KeyObject | 'erased'>();
  return {
    seal: async (subject, context, value) => {
      const key = keys.get(subject) ?? keyOf(newKeyBytes());
      keys.set(subject, key);
      return key === 'erased' ? undefined : { subject, box: toBox(key, subject, context, value) };
    },
    open: async (boxes) =>
      boxes.map(({ subject, context, box, content }) => {
        const key = keys.get(subject);
        return key === undefined || key === 'erased' ? undefined : (content ?? fromBox(key, subject, context, box));
      }),
    erase: async (subject) => {
      const erased = keys.get(subject) !== 'erased';
      keys.set(subject, 'erased');
      return erased;
    },
    isErased: async (subject) => keys.get(subject) === 'erased',
  };
};
