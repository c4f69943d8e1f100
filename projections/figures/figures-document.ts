import { bucketOf, type Interval, spanOf } from './buckets.ts';
import { type Additions, added, noCounts, type Tally } from './tally.ts';

type Fields<P extends string> = { readonly [Field in P]: string | null };

/**
 * What happened in one hour, day or month (UTC; `bucket` is its start): a tally for each kind. By what the kinds are told apart is partly in
 * fields of the document, one for each dimension of `P`, and partly in the kind's key.
 */
export type FiguresDocument<P extends string> = Fields<P> & {
  /** Interval and bucket as one, in order: see `spanOf`. */
  span: string;
  interval: Interval;
  bucket: string;
  kinds: Readonly<Record<string, Tally>>;
};

/** Which dimensions are fields of a document, indexed, and which are in the keys of its kinds, in this order; how many slots its tallies have. */
export type Layout<P extends string, K extends string> = { inDocument: readonly P[]; inKind: readonly K[]; slots: number };

/** Of the bucket that a time is in. `fields`: in the order of the layout, always. */
export const figuresId = <P extends string>(interval: Interval, at: string, fields: Fields<P>): string =>
  JSON.stringify([interval, bucketOf(interval, at), ...Object.values(fields)]);

export const emptyFigures = <F extends Fields<string>>(interval: Interval, at: string, fields: F) => {
  const bucket = bucketOf(interval, at);
  return { span: spanOf(interval, bucket), interval, bucket, ...fields, kinds: {} };
};

/** With more of one kind. */
export const withMore = <D extends { kinds: FiguresDocument<never>['kinds'] }>(document: D, key: string, additions: Additions): D => ({
  ...document,
  kinds: { ...document.kinds, [key]: added(document.kinds[key] ?? noCounts, additions) },
});

/** The key of a kind: `DE/card`; what is null is empty. */
export const kindKey = (...values: readonly (string | null)[]): string => values.map((value) => (value === null ? '' : encodeURIComponent(value))).join('/');

export const kindValues = (key: string): readonly (string | null)[] => key.split('/').map((value) => (value === '' ? null : decodeURIComponent(value)));
