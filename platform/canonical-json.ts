/** JSON with sorted keys: the same before and after storing, also in a store that reorders them (jsonb). */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'null';

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
