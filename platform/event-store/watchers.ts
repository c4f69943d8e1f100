/** Who is told when something of a key has changed. */
export type Watchers<V> = {
  /** Until the returned function is called. */
  watch: (key: string, listener: (value: V) => void) => () => void;
  tell: (key: string, value: V) => void;
  has: (key: string) => boolean;
};

export const openWatchers = <V>(): Watchers<V> => {
  const watchers = new Map<string, Set<(value: V) => void>>();
  return {
    watch: (key, listener) => {
      const listeners = watchers.get(key) ?? new Set();
      watchers.set(key, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watchers.get(key) === listeners) watchers.delete(key);
      };
    },
    tell: (key, value) => {
      for (const listener of watchers.get(key) ?? []) listener(value);
    },
    has: (key) => watchers.has(key),
  };
};
