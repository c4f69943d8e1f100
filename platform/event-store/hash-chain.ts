import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { StoredEvent } from './event-store.ts';

/** What an event's hash covers: everything stored of it, sealed as it is, but the hash itself and what the store adds (position, time). */
export type Hashed = Pick<StoredEvent, 'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata'>;

/** SHA-256, hex, of canonical JSON. `metadata.hash`, if there, is left out. */
export const hashOf = ({ stream, revision, id, type, data, metadata }: Hashed): string =>
  hash('sha256', canonicalJson([stream, revision, id, type, withoutHash(metadata), data === undefined ? [] : [data]]), 'hex');

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
