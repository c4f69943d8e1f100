import type { FiguresDocument } from '../../projections/figures/figures-document.ts';
import { type Asked, documentsOf, type Fields, type Group, last, openGroups, type Source } from './sums.ts';

/** One page of rows in order: `next` is the key after which the next one begins; null on the last one. */
export type RowsPage<F extends string> = { rows: readonly Group<F>[]; next: string | null };

/**
 * What a page may cost to read, in characters, with what a document costs whatever is in it: some 25 ms. Whoever asks for what is rare gets
 * fewer rows a page, and goes on from there.
 */
const budget = 1_800_000;
const ofDocument = 150;
const portions = { first: 200, least: 50, most: 2_000 };

/** Rows are by bucket first. A bucket is added up whole, so that a page ends between two groups. */
export const rowsPage = async <P extends string, K extends string>(
  source: Source<P, K>,
  asked: Asked<P | K>,
  by: Fields<P | K>,
  { limit, after }: { limit: number; after: string },
): Promise<RowsPage<P | K>> => {
  const rows: Group<P | K>[] = [];
  const groups = openGroups(source.layout, by, asked.filters);
  let bucket = '';
  const read = { documents: 0, cost: 0 };
  const endBucket = (): void => {
    for (const group of groups.take()) if (group.key > after) rows.push(group);
  };
  const add = (document: FiguresDocument<P>): void => {
    read.documents += 1;
    read.cost += ofDocument + groups.add(document);
    bucket = document.bucket;
  };
  // A key begins with its bucket, but it is a place between two of them.
  const from = after === '' ? asked.from : (after.split('\0')[0] ?? asked.from);
  for await (const documents of documentsOf(source, { ...asked, from }, () => portionOf(read, limit - rows.length, rows.length))) {
    for (const document of documents) {
      if (document.bucket !== bucket && bucket !== '') {
        endBucket();
        if (rows.length > limit) return cut(rows, limit);
        if (read.cost >= budget) return { rows, next: `${bucket}${last}` };
      }
      add(document);
    }
  }
  endBucket();
  return cut(rows, limit);
};

const cut = <F extends string>(rows: readonly Group<F>[], limit: number): RowsPage<F> =>
  rows.length > limit ? { rows: rows.slice(0, limit), next: rows[limit - 1]?.key ?? null } : { rows, next: null };

/** How many documents to read next: as many as the rows that are missing need, going by those that there are, within the budget. */
const portionOf = ({ documents, cost }: { documents: number; cost: number }, missing: number, rows: number): number => {
  if (documents === 0) return portions.first;
  const wanted = rows === 0 ? portions.most : Math.ceil((missing * documents * 1.1) / rows) + portions.least;
  const affordable = Math.ceil(((budget - cost) * documents) / cost);
  return Math.max(portions.least, Math.min(wanted, affordable, portions.most));
};
