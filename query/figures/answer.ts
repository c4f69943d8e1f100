import { decodeCursor, encodeCursor, invalidCursor } from '../../platform/cursor.ts';
import { type Interval, inFewBuckets } from '../../projections/figures/buckets.ts';
import { rowsPage } from './page.ts';
import { type Asked, type Fields, type Filters, type Group, regrouped, type Source, summed } from './sums.ts';

export type Question<F extends string> = {
  interval: Interval;
  filters: Filters<F>;
  /** What tells rows apart beside their time, in the order that they are sorted by. */
  by: readonly F[];
  limit: number;
  cursor: string | undefined;
  /** `from` and `to` as they were given: the same ones belong to the pages after the first. */
  given: readonly (string | undefined)[];
  /** From the start of a bucket on, as `toISOString` writes it; asked for where a first page is. */
  time: () => { from: string; to: string };
};

/** One page: what each row and each total is of, with its sums. */
export type Answer<F extends string> = { from: string; to: string; rows: readonly Group<F>[]; totals: readonly Group<F>[]; nextCursor: string | null };

/** Where a page begins: after these keys; null where there are no more. */
type Place = { from: string; to: string; rows: string | null; totals: string | null };

/**
 * Rows by time and what else is asked for, in that order, and with the first ones the totals: a page holds at most `limit` of each, and what
 * does not fit is on the next. Totals are of the whole time: where that is more than a page, they are added up from months and days, so that
 * they cost little. Throws `InvalidCursor`.
 */
export const answered = async <P extends string, K extends string>(source: Source<P, K>, question: Question<P | K>): Promise<Answer<P | K>> => {
  const { interval, filters, by, limit, cursor } = question;
  const list = [interval, filters, by, question.given];
  const place = cursor === undefined ? { ...question.time(), rows: '', totals: '' } : placeOf(list, cursor);
  const { from, to } = place;
  const asked = { interval, from, to, filters };
  const { rows, next } = place.rows === null ? { rows: [], next: null } : await rowsPage(source, asked, ['bucket', ...by], { limit, after: place.rows });
  const all = place.totals === null ? [] : place.rows === '' && next === null ? regrouped(rows, by) : await totalsOf(source, asked, by);
  const left = all.filter(({ key }) => !place.totals || key > place.totals);
  const totals = left.slice(0, limit);
  const then: Place = { from, to, rows: next, totals: left.length > limit ? (totals.at(-1)?.key ?? null) : null };
  return { from, to, rows, totals, nextCursor: then.rows === null && then.totals === null ? null : encodeCursor(list, then) };
};

const totalsOf = <P extends string, K extends string>(source: Source<P, K>, asked: Asked<P | K>, by: Fields<P | K>): Promise<Group<P | K>[]> =>
  summed(
    source,
    inFewBuckets(asked).map((stretch) => ({ ...stretch, filters: asked.filters })),
    by,
  );

const placeOf = (list: unknown, cursor: string): Place => {
  const place = decodeCursor(list, cursor);
  if (isPlace(place)) return place;
  throw invalidCursor();
};

const isPlace = (place: unknown): place is Place =>
  typeof place === 'object' &&
  place !== null &&
  ['from', 'to'].every((field) => typeof Reflect.get(place, field) === 'string') &&
  ['rows', 'totals'].every((field) => ['string', 'object'].includes(typeof Reflect.get(place, field)));
