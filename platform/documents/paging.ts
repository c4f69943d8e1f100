import { decodeCursor, encodeCursor, invalidCursor } from '../cursor.ts';
import type { Condition, Find, Stored } from './document-store.ts';
import { fieldOf, type IndexKind, type IndexValue, indexValue } from './index-values.ts';

/** Where a page begins: after this value and id. */
type Key = { value: IndexValue; id: string };

/** Documents without the sort field come last, whichever way the sort goes: a page is read from those that have it, then from those that don't. */
export type Segment = { absent: false; after?: Key } | { absent: true; after?: Key };

/** Whether `query.after`, if there is one, is a cursor that `find` gave for the same query. */
export const isValidCursor = (query: Find): boolean => query.after === undefined || decode(query, query.after) !== undefined;

/** One page, whichever store `fetch` reads from. Throws `InvalidCursor`. */
export const findPage = async <D extends object>(
  query: Find,
  kinds: ReadonlyMap<string, IndexKind>,
  fetch: (segment: Segment, limit: number) => Promise<readonly Stored<D>[]>,
): Promise<{ rows: readonly Stored<D>[]; next?: string }> => {
  const rows: Stored<D>[] = [];
  for (const segment of segmentsOf(query)) {
    if (rows.length <= query.limit) rows.push(...(await fetch(segment, query.limit + 1 - rows.length)));
  }
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return rows.length > query.limit && last ? { rows: page, next: encode(query, { value: sortValue(query, kinds, last), id: last.id }) } : { rows: page };
};

const segmentsOf = (query: Find): readonly Segment[] => {
  const after = query.after === undefined ? undefined : (decode(query, query.after) ?? raise(invalidCursor()));
  // A document without the field that is asked for as well can't be among them, and to look for one may take long.
  if (query.orderBy === 'position' || query.where.some((condition) => demands(condition, query.orderBy))) return [{ absent: false, ...(after && { after }) }];
  if (!after) return [{ absent: false }, { absent: true }];
  return after.value === null ? [{ absent: true, after }] : [{ absent: false, after }, { absent: true }];
};

const demands = (condition: Condition, field: string): boolean =>
  condition.field === field && ('is' in condition || 'in' in condition || condition.from !== undefined || condition.to !== undefined);

const sortValue = <D extends object>(query: Find, kinds: ReadonlyMap<string, IndexKind>, row: Stored<D>): IndexValue => {
  const kind = kinds.get(query.orderBy);
  return kind ? indexValue(kind, fieldOf(row.document, query.orderBy)) : String(row.position);
};

const encode = (query: Find, { value, id }: Key): string => encodeCursor(listOf(query), [value, id]);

const decode = (query: Find, cursor: string): Key | undefined => {
  const content = decodeCursor(listOf(query), cursor);
  if (!Array.isArray(content)) return undefined;
  const [value, id]: unknown[] = content;
  return isIndexValue(value) && typeof id === 'string' ? { value, id } : undefined;
};

const listOf = ({ where, orderBy, ascending }: Find): readonly unknown[] => [where, orderBy, ascending === true];

const isIndexValue = (value: unknown): value is IndexValue => value === null || ['string', 'number', 'boolean'].includes(typeof value);

const raise = (error: Error): never => {
  throw error;
};
