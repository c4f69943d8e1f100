import { type Head, isTombstoned } from './decide.ts';
import { isMetastream, originalOf } from './event.ts';
import type { EventLog } from './log.ts';
import { METASTREAM_METADATA } from './metadata.ts';

/** The stream whose head tells where this one stands: a metastream's is its stream's. */
export const baseOf = (stream: string): string => {
  if (!isMetastream(stream)) return stream;
  const original = originalOf(stream);
  return isMetastream(original) ? stream : original;
};

/** The head of `stream`, given that of `baseOf(stream)`. */
export const headFrom = (base: Head, stream: string): Head =>
  stream === baseOf(stream) ? base : { revision: isTombstoned(base) ? base.revision : base.metadata.revision, metadata: METASTREAM_METADATA, since: 0 };

/** Heads of the streams in use, as committed: a bounded cache over the table. Keys are base streams. */
export type Heads = {
  get: (base: string) => Head | undefined;
  set: (base: string, head: Head) => void;
  /** Those asked for, from the table where they aren't cached. */
  load: (bases: readonly string[]) => Promise<ReadonlyMap<string, Head>>;
};

const GENERATION = 16_384;

export const headsCache = (log: Pick<EventLog, 'heads'>): Heads => {
  // Two generations make a cheap approximation of least recently used: what isn't asked for while the young one fills is dropped.
  let young = new Map<string, Head>();
  let old = new Map<string, Head>();
  // A load that was overtaken by a commit to the stream is stale, so only the load named here may fill the cache.
  const loading = new Map<string, object>();

  const put = (base: string, head: Head) => {
    young.set(base, head);
    if (young.size < GENERATION) return;
    old = young;
    young = new Map();
  };
  const get = (base: string): Head | undefined => {
    const head = young.get(base);
    if (head) return head;
    const aged = old.get(base);
    if (aged) put(base, aged);
    return aged;
  };
  return {
    get,
    set: (base, head) => {
      loading.delete(base);
      put(base, head);
    },
    load: async (bases) => {
      const found = new Map<string, Head>();
      const missing = new Set<string>();
      for (const base of bases) {
        const head = get(base);
        if (head) found.set(base, head);
        else missing.add(base);
      }
      if (missing.size === 0) return found;
      const load = {};
      for (const base of missing) loading.set(base, load);
      for (const [base, head] of await log.heads([...missing])) {
        if (loading.get(base) === load) {
          loading.delete(base);
          put(base, head);
        }
        found.set(base, get(base) ?? head);
      }
      return found;
    },
  };
};
