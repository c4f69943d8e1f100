/** A cache of the `max` entries used last. `peek` looks without counting as a use. */
export type Lru<V> = {
  get: (key: string) => V | undefined;
  peek: (key: string) => V | undefined;
  set: (key: string, value: V) => void;
  delete: (key: string) => void;
};

export const lru = <V>(max: number): Lru<V> => {
  // A Map keeps the order of insertion: what is used is put at the end, what is dropped stands at the front.
  const entries = new Map<string, V>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    peek: (key) => entries.get(key),
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= max) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => void entries.delete(key),
  };
};
