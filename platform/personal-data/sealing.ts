import type { KeyObject } from 'node:crypto';
import { lock, unlock } from './box.ts';

/** What a box is bound to: it opens nowhere else. */
const binding = (subject: string, context: string): string => `${subject}\n${context}`;

export const toBox = (key: KeyObject, subject: string, context: string, value: unknown): string =>
  lock(key, binding(subject, context), Buffer.from(JSON.stringify(value))).toString('base64');

export const fromBox = (key: KeyObject, subject: string, context: string, box: string): unknown => {
  try {
    return JSON.parse(unlock(key, binding(subject, context), Buffer.from(box, 'base64')).toString());
  } catch (cause) {
    // Neither the value nor the person: this goes into logs.
    throw new Error(`the sealed personal data of ${context} don't open: they, or their person's key, were changed after they were written`, { cause });
  }
};
