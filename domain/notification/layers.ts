/**
 * A large map as a value: layers, the newest first, each more than twice as large as the one before. What is added copies few of the entries:
 * those of a map of 100,000 are copied some 17 times in all, however they came, where a plain copy at each step would copy billions.
 */
export type Layers<T> = readonly ReadonlyMap<string, T>[];

export const lookUp = <T>(layers: Layers<T>, key: string): T | undefined => layers.find((layer) => layer.has(key))?.get(key);

export const withEntries = <T>(layers: Layers<T>, entries: ReadonlyMap<string, T>): Layers<T> => {
  const [first, ...others] = layers;
  if (entries.size === 0) return layers;
  if (!first || first.size > 2 * entries.size) return [entries, ...layers];
  return withEntries(others, new Map([...first, ...entries]));
};
