import { storableText } from './canonical.ts';

/**
 * A document as MongoDB and its relatives keep it: no `undefined`, text that PostgreSQL could keep too, and no `.` or leading `$` in keys,
 * which some servers refuse (`a.b` → `a%2Eb`).
 */
export const toMongo = (value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map((item) => toMongo(item ?? null));
  if (typeof value !== 'object' || value === null) return value;
  return mapEntries(value, escapeKey, toMongo);
};

export const fromMongo = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromMongo);
  if (typeof value !== 'object' || value === null) return value;
  return mapEntries(value, unescapeKey, fromMongo);
};

const mapEntries = (object: object, key: (key: string) => string, map: (value: unknown) => unknown): object => {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) if (value !== undefined) result[key(name)] = map(value);
  return result;
};

const escapeKey = (key: string): string => (/[%.$]/.test(key) ? storableText(key).replaceAll('%', '%25').replaceAll('.', '%2E').replace(/^\$/, '%24') : key);
const unescapeKey = (key: string): string => (key.includes('%') ? key.replace(/^%24/, '$').replaceAll('%2E', '.').replaceAll('%25', '%') : key);
