import { storableText } from './canonical.ts';
import type { Indexes, ListedBy } from './document-store.ts';

/** What an indexed field compares as. Both adapters filter and sort by these values, so both give the same answers. */
export type IndexKind = 'text' | 'number' | 'time' | 'boolean';
/** Times are RFC 3339 UTC with milliseconds, so that they compare as text too. `null`: absent, or not of the kind. */
export type IndexValue = string | number | boolean | null;

/** Field → kind, in a fixed order. Throws where a name could not be a column's. */
export const indexKinds = <D>(indexes: Indexes<D>): ReadonlyMap<string, IndexKind> => {
  const fields = Object.entries<IndexKind | undefined>(indexes).flatMap(([field, kind]): [string, IndexKind][] => (kind ? [[field, kind]] : []));
  const odd = fields.find(([field]) => !/^[A-Za-z][A-Za-z0-9_]{0,50}$/.test(field));
  if (odd) throw new Error(`the index field ${JSON.stringify(odd[0])} is no plain name: letters, digits and _ only`);
  return new Map(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** The field that lists filtered by `field` are sorted by, if any. */
export const sortedWith = <D>(listedBy: ListedBy<D> | undefined, field: string): string | undefined => {
  if (listedBy === undefined || typeof listedBy === 'string') return listedBy;
  return Object.entries<string | undefined>(listedBy).find(([one]) => one === field)?.[1];
};

/** Throws where lists are to be sorted by what has no index. */
export const checkListedBy = <D>(collection: string, kinds: ReadonlyMap<string, IndexKind>, listedBy: ListedBy<D> | undefined): void => {
  const named = listedBy === undefined ? [] : typeof listedBy === 'string' ? [listedBy] : Object.entries<string | undefined>(listedBy).flat();
  const odd = named.find((field) => field !== undefined && !kinds.has(field));
  if (odd !== undefined) throw new Error(`${collection} is listed by ${odd}, which has no index`);
};

export const indexValue = (kind: IndexKind, value: unknown): IndexValue => {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? storableText(value) : null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'time':
      return typeof value === 'string' ? instant(value) : null;
  }
};

export const fieldOf = (document: object, field: string): unknown => Reflect.get(document, field);

const instant = (text: string): string | null => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
};
