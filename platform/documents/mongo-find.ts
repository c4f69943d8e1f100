import type { Document, Filter } from 'mongodb';
import type { Condition, Find } from './document-store.ts';
import { type IndexKind, type IndexValue, indexValue } from './index-values.ts';
import type { Segment } from './paging.ts';

/** How a document lies in its collection: `ix` holds what is filtered and sorted by. */
export type Kept = { _id: string; position: bigint; document: Document; ix: Record<string, unknown> };

type Kinds = ReadonlyMap<string, IndexKind>;

export const mongoValue = (kind: IndexKind, value: IndexValue): unknown => (kind === 'time' && typeof value === 'string' ? new Date(value) : value);

export const pageFilter = (kinds: Kinds, { where, orderBy, ascending }: Find, segment: Segment): Filter<Kept> => {
  const filters = where.map((condition) => conditionFilter(kinds, condition));
  const beyond = ascending ? '$gt' : '$lt';
  const field = orderBy === 'position' ? 'position' : `ix.${orderBy}`;
  if (orderBy !== 'position') filters.push({ [field]: segment.absent ? null : { $ne: null } });
  if (segment.after) {
    const { value, id } = segment.after;
    const bound = orderBy === 'position' ? BigInt(String(value)) : mongoValue(kindOf(kinds, orderBy), value);
    filters.push(segment.absent ? { _id: { [beyond]: id } } : { $or: [{ [field]: { [beyond]: bound } }, { [field]: bound, _id: { [beyond]: id } }] });
  }
  return all(filters);
};

export const pageSort = (kinds: Kinds, { orderBy, ascending }: Find): Record<string, 1 | -1> => {
  const direction = ascending ? 1 : -1;
  if (orderBy === 'position') return { position: direction, _id: direction };
  kindOf(kinds, orderBy);
  return { [`ix.${orderBy}`]: direction, _id: direction };
};

export const whereFilter = (kinds: Kinds, where: readonly Condition[]): Filter<Kept> => all(where.map((condition) => conditionFilter(kinds, condition)));

const all = (filters: readonly Filter<Kept>[]): Filter<Kept> => (filters.length > 0 ? { $and: [...filters] } : {});

const conditionFilter = (kinds: Kinds, condition: Condition): Filter<Kept> => {
  const kind = kindOf(kinds, condition.field);
  const value = (given: unknown): unknown => mongoValue(kind, indexValue(kind, given));
  const field = `ix.${condition.field}`;
  // A value that is not of the field's kind matches nothing, as in SQL: not the documents that lack the field.
  if ('is' in condition) return { $and: [{ [field]: value(condition.is) }, { [field]: { $ne: null } }] };
  if ('in' in condition) return { [field]: { $in: condition.in.map(value).filter((one) => one !== null) } };
  const bounds: Record<string, unknown> = { $ne: null };
  if (condition.from !== undefined) bounds.$gte = value(condition.from);
  if (condition.to !== undefined) bounds.$lt = value(condition.to);
  return condition.from === undefined && condition.to === undefined ? {} : { [field]: bounds };
};

const kindOf = (kinds: Kinds, field: string): IndexKind => {
  const kind = kinds.get(field);
  if (!kind) throw new Error(`the collection has no index on ${field}: add it to the projection's indexes and raise its version`);
  return kind;
};
