import type { Condition } from '../../platform/documents/document-store.ts';
import {
  type AnalyticsDocument,
  bucketOf,
  countryAndMethodOf,
  type Interval,
  type PaymentFigures,
  spanOf,
} from '../../projections/payment/payment-analytics.ts';
import { type FigureName, slotOf, slots } from '../../projections/payment/payment-figures.ts';
import { addTo } from '../../projections/payment/tally.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type Analytics = Pick<ReadModel<AnalyticsDocument>, 'find'>;

/** Of what is added up: a kind of payment in one bucket. */
export type Kind = Pick<PaymentFigures, 'bucket' | 'provider' | 'currency'> & { country: string | null; method: string | null };

export type Asked = { interval: Interval; from: string; to: string } & { [F in 'provider' | 'currency' | 'country' | 'method']?: string };

/** Counts by slot. */
export type Sums = Float64Array;
export const countIn = (sums: Sums, name: FigureName): number => sums[slotOf(name)] ?? 0;

const pageSize = 5_000;

/** What was added up: the sums of all kinds that have this head in common. */
export type Group = { head: Partial<Kind>; sums: Sums };
type Fields = readonly (keyof Kind)[];

/** What lies in a time (RFC 3339), from the bucket that `from` is in, added up in groups that these fields tell apart. */
export const summed = async (analytics: Analytics, asked: Asked, by: Fields): Promise<Group[]> => {
  const groups = new Map<string, Group>();
  for await (const document of documentsOf(analytics, asked)) addDocument(groups, document, asked, by);
  return [...groups.values()];
};

/** The groups in larger ones, by fewer fields. */
export const regrouped = (groups: readonly Group[], by: Fields): Group[] => {
  const larger = new Map<string, Group>();
  for (const { head, sums } of groups) {
    const into = groupOf(larger, head, by);
    for (let slot = 0; slot < slots; slot += 1) into.sums[slot] = (into.sums[slot] ?? 0) + (sums[slot] ?? 0);
  }
  return [...larger.values()];
};

async function* documentsOf(analytics: Analytics, { interval, from, to, provider, currency }: Asked): AsyncGenerator<PaymentFigures> {
  const [first, end] = [bucketOf(interval, inUtc(from)), inUtc(to)];
  const where: Condition[] = [{ field: 'span', from: spanOf(interval, first), to: spanOf(interval, end) }];
  if (provider !== undefined) where.push({ field: 'provider', is: provider });
  if (currency !== undefined) where.push({ field: 'currency', is: currency });
  let after: string | undefined;
  do {
    const page = await analytics.find({ where, orderBy: 'span', ascending: true, limit: pageSize, ...(after && { after }) });
    for (const { document } of page.rows) if (document.kinds) yield document;
    after = page.next;
  } while (after);
}

// As buckets are written, so that they compare as text.
const inUtc = (at: string): string => new Date(at).toISOString();

const addDocument = (groups: Map<string, Group>, document: PaymentFigures, asked: Asked, by: Fields): void => {
  const { bucket, provider, currency, kinds } = document;
  for (const [kind, tally] of Object.entries(kinds)) {
    const { country, method } = countryAndMethodOf(kind);
    if ((asked.country !== undefined && country !== asked.country) || (asked.method !== undefined && method !== asked.method)) continue;
    addTo(groupOf(groups, { bucket, provider, currency, country, method }, by).sums, tally);
  }
};

const groupOf = (groups: Map<string, Group>, kind: Partial<Kind>, by: Fields): Group => {
  let key = '';
  for (const field of by) key += `${kind[field]}\n`;
  const known = groups.get(key);
  if (known) return known;
  const made = { head: headOf(kind, by), sums: new Float64Array(slots) };
  groups.set(key, made);
  return made;
};

/** These fields of it, in their order. */
export const headOf = (kind: Partial<Kind>, by: Fields): Partial<Kind> => Object.fromEntries(by.map((field) => [field, kind[field]]));
