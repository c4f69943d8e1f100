import { hash } from 'node:crypto';
import type { StoredEvent } from './event-store.ts';

/** What an event's hash covers: everything stored of it, sealed as it is, but the hash itself and what the store adds (position, time). */
export type Hashed = Pick<StoredEvent, 'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata'>;

/** SHA-256, hex, of canonical JSON. `metadata.hash`, if there, is left out. */
export const hashOf = ({ stream, revision, id, type, data, metadata }: Hashed): string =>
  hash('sha256', canonical([stream, revision, id, type, withoutHash(metadata), data === undefined ? [] : [data]]), 'hex');

/** Says of a whole stream, oldest first, whether it is as it was written: each hash, each link, no gap. What is missing at the very end can't be seen. */
export const verify = (events: readonly Hashed[]): { verified: true } | { verified: false; revision: number; what: 'hash' | 'link' | 'gap' } => {
  let previous = '';
  for (const [index, event] of events.entries()) {
    const { hash: own, previousHash } = linksOf(event.metadata);
    if (event.revision !== index) return { verified: false, revision: index, what: 'gap' };
    if (previousHash !== previous) return { verified: false, revision: index, what: 'link' };
    if (own === undefined || own !== hashOf(event)) return { verified: false, revision: index, what: 'hash' };
    previous = own;
  }
  return { verified: true };
};

const linksOf = (metadata: unknown): { hash?: unknown; previousHash?: unknown } => (typeof metadata === 'object' && metadata !== null ? metadata : {});

const withoutHash = (metadata: unknown): unknown => {
  if (typeof metadata !== 'object' || metadata === null || !('hash' in metadata)) return metadata;
  const { hash: _, ...rest } = metadata;
  return rest;
};

/** JSON with sorted keys: the same before and after storing, also in a store that reorders them (jsonb). */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'null';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  if (typeof value.toJSON === 'function') return sorted(value.toJSON());
  const fields: Record<string, unknown> = {};
  for (const key of inOrder(Object.keys(value))) {
    // Assigned to, it would be the prototype and not a field.
    if (key === '__proto__') Object.defineProperty(fields, key, { value: sorted(value[key]), enumerable: true });
    else fields[key] = sorted(value[key]);
  }
  return fields;
};

// Nearly all objects have a handful of keys, for which this takes a third of `sort`'s time.
const inOrder = (keys: string[]): string[] => {
  if (keys.length > 30) return keys.sort();
  for (const [index, key] of keys.entries()) {
    let at = index;
    for (let before = keys[at - 1]; before !== undefined && before > key; before = keys[at - 1]) keys[at--] = before;
    keys[at] = key;
  }
  return keys;
};
