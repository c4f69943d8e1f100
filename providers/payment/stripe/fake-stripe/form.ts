export type Value = string | number | boolean | readonly Value[] | { [key: string]: Value };
export type Params = { [key: string]: Value };

type Node = string | Map<string, Node>;

/** Reads what Stripe's SDK writes: `a[b][c]=…`, and lists as `a[0]=…`. */
export const readForm = (text: string): Params => {
  const root = new Map<string, Node>();
  for (const [key, value] of new URLSearchParams(text)) put(root, key.split(/[[\]]+/).filter(Boolean), value);
  return Object.fromEntries([...root].map(([key, node]) => [key, plain(node)]));
};

const put = (into: Map<string, Node>, [key = '', ...rest]: readonly string[], value: string): void => {
  if (rest.length === 0) return void into.set(key, value);
  const known = into.get(key);
  const inner = known instanceof Map ? known : new Map<string, Node>();
  into.set(key, inner);
  put(inner, rest, value);
};

const plain = (node: Node): Value => {
  if (typeof node === 'string') return node;
  const entries = [...node].map(([key, value]) => [key, plain(value)] as const);
  return entries.every(([key]) => /^\d+$/.test(key)) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
};
