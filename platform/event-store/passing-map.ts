/** A map of what only passes through: few entries at a time, thousands a second. */
export type PassingMap<V> = {
  get: (key: string) => V | undefined;
  has: (key: string) => boolean;
  set: (key: string, value: V) => void;
  delete: (key: string) => void;
  clear: () => void;
  /** In the order in which their keys came. */
  entries: () => IterableIterator<[string, V]>;
};

const RENEWED_AFTER = 512;

/**
 * A Map that is made anew from time to time. One alone outgrows a table with every so many entries, also where each is deleted soon; V8 links
 * the old table to the new one, and as soon as one of them has got into the old generation, all later ones live on with all that was in them
 * until the next full garbage collection.
 */
export const passingMap = <V>(): PassingMap<V> => {
  let map = new Map<string, V>();
  let sets = 0;
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set: (key, value) => {
      if (++sets > Math.max(RENEWED_AFTER, 2 * map.size)) {
        map = new Map(map);
        sets = 0;
      }
      map.set(key, value);
    },
    delete: (key) => void map.delete(key),
    clear: () => map.clear(),
    entries: () => map.entries(),
  };
};
