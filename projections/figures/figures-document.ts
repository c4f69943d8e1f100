import type { Interval } from './buckets.ts';
import type { Tally } from './tally.ts';

/**
 * What happened in one hour, day or month (UTC; `bucket` is its start): a tally for each kind. By what the kinds are told apart is partly in
 * fields of the document, one for each dimension of `P`, and partly in the kind's key.
 */
export type FiguresDocument<P extends string> = {
  /** Interval and bucket as one, in order: see `spanOf`. */
  span: string;
  interval: Interval;
  bucket: string;
  kinds: Readonly<Record<string, Tally>>;
} & { readonly [Field in P]: string | null };

/** Which dimensions are fields of a document, indexed, and which are in the keys of its kinds, in this order; how many slots its tallies have. */
export type Layout<P extends string, K extends string> = { inDocument: readonly P[]; inKind: readonly K[]; slots: number };

/** The key of a kind: `DE/card`; what is null is empty. */
export const kindKey = (...values: readonly (string | null)[]): string => values.map((value) => (value === null ? '' : encodeURIComponent(value))).join('/');

export const kindValues = (key: string): readonly (string | null)[] => key.split('/').map((value) => (value === '' ? null : decodeURIComponent(value)));
