/** A dotted path into an event's data; `*` stands for every element of an array. */
export type Path = readonly string[];

export const parsePath = (path: string): Path => {
  const keys = path.split('.');
  if (keys.some((key) => key === '') || keys.at(-1) === '*') throw new Error(`not a path to personal data: "${path}" (to seal a whole array, name the array)`);
  return keys;
};

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** What was taken out, by the place it was in: `items.0.name`. */
export type Taken = Record<string, unknown>;

/** The data without the values at these paths, which are put into `taken`; what isn't touched is shared, not copied. */
export const take = (data: object, paths: readonly Path[], taken: Taken): object => {
  let rest: unknown = data;
  for (const path of paths) rest = takeAt(rest, path, 0, '', taken);
  return isNode(rest) ? rest : {};
};

const takeAt = (value: unknown, path: Path, depth: number, place: string, taken: Taken): unknown => {
  const key = path[depth];
  if (key === undefined || !isNode(value)) return value;
  if (key === '*') return Array.isArray(value) ? value.map((item, index) => takeAt(item, path, depth + 1, `${place}${index}.`, taken)) : value;
  if (Array.isArray(value) || value[key] === undefined) return value;
  if (depth < path.length - 1) return { ...value, [key]: takeAt(value[key], path, depth + 1, `${place}${key}.`, taken) };
  const { [key]: secret, ...rest } = value;
  taken[place + key] = secret;
  return rest;
};

/** Puts back what `take` took, the last first: one path may lead into what another took whole. */
export const put = (data: object, taken: Taken): object => {
  let whole: unknown = data;
  for (const [place, value] of Object.entries(taken).reverse()) whole = putAt(whole, place.split('.'), 0, value);
  return isNode(whole) ? whole : {};
};

const putAt = (into: unknown, keys: readonly string[], depth: number, value: unknown): unknown => {
  const key = keys[depth];
  if (key === undefined) return value;
  if (Array.isArray(into)) return into.map((item, index) => (String(index) === key ? putAt(item, keys, depth + 1, value) : item));
  return { ...(isNode(into) ? into : {}), [key]: putAt(isNode(into) ? into[key] : undefined, keys, depth + 1, value) };
};
