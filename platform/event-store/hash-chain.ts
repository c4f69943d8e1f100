import { hash } from 'node:crypto';
import type { StoredEvent } from './event-store.ts';

/** What an event's hash covers: everything stored of it, sealed as it is, but the hash itself and what the store adds (position, time). */
export type Hashed = Pick<StoredEvent, 'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata'>;

/** SHA-256, hex, of canonical JSON. `metadata.hash`, if there, is left out. */
export const hashOf = ({ stream, revision, id, type, data, metadata }: Hashed): string =>
  hash(
    'sha256',
    `[${canonical(stream)},${revision},${canonical(id)},${canonical(type)},${data === undefined ? '' : canonical(data)},${canonical(metadata, 'hash')}]`,
    'hex',
  );

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

/**
 * JSON with sorted keys, so that a store that reorders them (jsonb) changes nothing. The same before and after storing: like `JSON.stringify`
 * it leaves out what is undefined.
 */
export const canonical = (value: unknown, without?: string): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join()}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON());
  let out = '';
  for (const [key, field] of Object.entries(value).sort(byKey)) {
    if (field === undefined || key === without) continue;
    out += `${out && ','}${JSON.stringify(key)}:${canonical(field)}`;
  }
  return `{${out}}`;
};

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
