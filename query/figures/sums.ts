import type { Condition, Find } from '../../platform/documents/document-store.ts';
import { type Stretch, spanOf } from '../../projections/figures/buckets.ts';
import { type FiguresDocument, kindValues, type Layout } from '../../projections/figures/figures-document.ts';
import { addTo } from '../../projections/figures/tally.ts';

/** A read model of figures; it may hold documents of another kind too, which have no span. */
export type FiguresReader<P extends string> = {
  find: (query: Find) => Promise<{ rows: readonly { document: FiguresDocument<P> | { kinds?: undefined } }[]; next?: string }>;
};
export type Source<P extends string, K extends string> = { reader: FiguresReader<P>; layout: Layout<P, K> };

/** Dimensions that must have a value. */
export type Filters<F extends string> = { readonly [Field in F]?: string };
export type Asked<F extends string> = Stretch & { filters: Filters<F> };
/** What groups are told apart by, in the order that they are sorted by. */
export type Fields<F extends string> = readonly (F | 'bucket')[];

/** Counts by slot. */
export type Sums = Float64Array;
/** What was added up: the sums of all kinds that have this head in common. Groups are in order by their keys. */
export type Group<F extends string> = { key: string; head: Head<F>; sums: Sums };
export type Head<F extends string> = { readonly [Field in F | 'bucket']?: string | null };

/** What lies in a time, added up in groups that these fields tell apart. */
export const summed = async <P extends string, K extends string>(
  source: Source<P, K>,
  asked: readonly Asked<P | K>[],
  by: Fields<P | K>,
): Promise<Group<P | K>[]> => {
  const groups = openGroups(source.layout, by, asked[0]?.filters ?? {});
  const add = async (stretch: Asked<P | K>): Promise<void> => {
    for await (const documents of documentsOf(source, stretch, () => 5_000)) for (const document of documents) groups.add(document);
  };
  await Promise.all(asked.map(add));
  return groups.take();
};

/** The groups in larger ones, by fewer fields. */
export const regrouped = <F extends string>(groups: readonly Group<F>[], by: Fields<F>): Group<F>[] => {
  const larger = new Map<string, Group<F>>();
  for (const { head, sums } of groups) {
    const into = groupIn(larger, by, sums.length, head).sums;
    for (let slot = 0; slot < sums.length; slot += 1) into[slot] = (into[slot] ?? 0) + (sums[slot] ?? 0);
  }
  return sorted(larger);
};

/** In order of their buckets, in portions of the size that is said before each. */
export async function* documentsOf<P extends string, K extends string>(
  { reader, layout }: Source<P, K>,
  { interval, from, to, filters }: Asked<P | K>,
  size: () => number,
): AsyncGenerator<readonly FiguresDocument<P>[]> {
  const where: Condition[] = [{ field: 'span', from: spanOf(interval, from), to: spanOf(interval, to) }];
  for (const field of layout.inDocument) {
    const is = filters[field];
    if (is !== undefined) where.push({ field, is });
  }
  let after: string | undefined;
  do {
    const page = await reader.find({ where, orderBy: 'span', ascending: true, limit: size(), ...(after && { after }) });
    yield page.rows.flatMap(({ document }) => (document.kinds ? [document] : []));
    after = page.next;
  } while (after);
}

export type Groups<P extends string, K extends string> = {
  /** Gives how much that was to read: characters of tallies and their keys. */
  add: (document: FiguresDocument<P>) => number;
  /** What was added up, in order; then there is nothing. */
  take: () => Group<P | K>[];
};

/** Adds up documents. Filters by dimensions that documents have as fields are left to the store. */
export const openGroups = <P extends string, K extends string>(layout: Layout<P, K>, by: Fields<P | K>, filters: Filters<P | K>): Groups<P, K> => {
  const groups = new Map<string, Group<P | K>>();
  const kindOf = openKinds(layout, filters);
  return {
    add: (document) => {
      let read = 0;
      for (const [key, tally] of Object.entries(document.kinds)) {
        read += key.length + tally.length;
        const kind = kindOf(key);
        if (kind) addTo(groupIn(groups, by, layout.slots, document, kind).sums, tally);
      }
      return read;
    },
    take: () => {
      const taken = sorted(groups);
      groups.clear();
      return taken;
    },
  };
};

/** What a kind's key says; null where it is not asked for. A year has few kinds, each many times. */
const openKinds = <P extends string, K extends string>({ inKind }: Layout<P, K>, filters: Filters<P | K>) => {
  const known = new Map<string, Head<P | K> | null>();
  const read = (key: string): Head<P | K> | null => {
    const values = kindValues(key);
    const kind: { [Field in P | K | 'bucket']?: string | null } = {};
    for (const [index, field] of inKind.entries()) kind[field] = values[index] ?? null;
    return inKind.every((field) => filters[field] === undefined || filters[field] === kind[field]) ? kind : null;
  };
  return (key: string): Head<P | K> | null => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    return found;
  };
};

/** `of` and `more` together are what it is a group of. No object is made for the many that there is a group for. */
const groupIn = <F extends string>(groups: Map<string, Group<F>>, by: Fields<F>, slots: number, of: Head<F>, more: Head<F> = nothing): Group<F> => {
  let key = '';
  for (const field of by) key += part(key, more[field] ?? of[field]);
  const found = groups.get(key);
  if (found) return found;
  const made = { key, head: headOf({ ...of, ...more }, by), sums: new Float64Array(slots) };
  groups.set(key, made);
  return made;
};

const nothing = {};

/** Compares as the fields do one after the other; null comes after everything else. */
export const keyOf = <F extends string>(head: Head<F>, by: Fields<F>): string => {
  let key = '';
  for (const field of by) key += part(key, head[field]);
  return key;
};

const part = (before: string, value: string | null | undefined): string => (before === '' ? (value ?? last) : `\0${value ?? last}`);

/** Sorts behind every value, also as the end of one. */
export const last = '\uffff';

/** These fields of it, in their order. */
const headOf = <F extends string>(head: Head<F>, by: Fields<F>): Head<F> => {
  const own: { [Field in F | 'bucket']?: string | null } = {};
  for (const field of by) own[field] = head[field] ?? null;
  return own;
};

const sorted = <F extends string>(groups: ReadonlyMap<string, Group<F>>): Group<F>[] => [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
