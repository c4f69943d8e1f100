import { type Head, isTombstoned } from './decide.ts';
import { isMetastream, originalOf } from './event.ts';
import { type EventLog, noHead } from './log.ts';
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
  /** Fetches those that aren't cached; what it resolves to knows them all, even if the cache has no room. */
  load: (bases: readonly string[]) => Promise<(base: string) => Head | undefined>;
};

const GENERATION = 16_384;

export const headsCache = (log: Pick<EventLog, 'heads'>): Heads => {
  // Two generations make a cheap approximation of least recently used: what isn't asked for while the young one fills is dropped.
  let young = new Map<string, Head>();
  let old = new Map<string, Head>();
  // A load that was overtaken by a commit to the stream is stale, so only the load named here may fill the cache.
  const loading = new Map<string, { found: Map<string, Head> }>();

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
      const load = { found: new Map<string, Head>() };
      const missing: string[] = [];
      for (const base of bases) {
        if (get(base) || loading.get(base) === load) continue;
        missing.push(base);
        loading.set(base, load);
      }
      const there = missing.length > 0 ? new Map(await log.heads(missing)) : undefined;
      for (const base of missing) {
        const head = there?.get(base) ?? noHead(base);
        load.found.set(base, head);
        if (loading.get(base) !== load) continue;
        loading.delete(base);
        put(base, head);
      }
      return (base) => get(base) ?? load.found.get(base);
    },
  };
};
