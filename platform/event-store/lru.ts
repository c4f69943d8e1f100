/** A cache of the entries used last: `max` at most, half as many at least. `peek` looks without counting as a use. */
export type Lru<V> = {
  get: (key: string) => V | undefined;
  peek: (key: string) => V | undefined;
  set: (key: string, value: V) => void;
  delete: (key: string) => void;
};

/**
 * Two generations: what isn't used while the young one fills is dropped with the old one. The exact order in one Map would cost a walk over
 * all that was deleted from its front, whenever the oldest is looked for.
 */
export const lru = <V>(max: number): Lru<V> => {
  const generation = Math.ceil(max / 2);
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const set = (key: string, value: V): void => {
    if (young.size >= generation && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
    peek: (key) => young.get(key) ?? old.get(key),
    set,
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
  };
};
