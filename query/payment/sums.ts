import type { Condition } from '../../platform/documents/document-store.ts';
import {
  type AnalyticsDocument,
  bucketOf,
  countryAndMethodOf,
  type Interval,
  type PaymentFigures,
  spanOf,
} from '../../projections/payment/payment-analytics.ts';
import { type FigureName, latenciesFrom, slotOf, slots } from '../../projections/payment/payment-figures.ts';
import { eachCount } from '../../projections/payment/tally.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type Analytics = Pick<ReadModel<AnalyticsDocument>, 'find'>;

/** Of what is added up: a kind of payment in one bucket. */
export type Kind = Pick<PaymentFigures, 'bucket' | 'provider' | 'currency'> & { country: string | null; method: string | null };

export type Asked = { interval: Interval; from: string; to: string } & { [F in 'provider' | 'currency' | 'country' | 'method']?: string };

/** Counts by slot. */
export type Sums = Float64Array;
export const countIn = (sums: Sums, name: FigureName): number => sums[slotOf(name)] ?? 0;
export const latenciesIn = (sums: Sums): Sums => sums.subarray(latenciesFrom);

const pageSize = 5_000;

/** What lies in a time (RFC 3339), from the bucket that `from` is in, added up in groups that `headOf` tells apart. */
export const summed = async <H extends object>(analytics: Analytics, asked: Asked, headOf: (kind: Kind) => H): Promise<Group<H>[]> => {
  const groups = new Map<string, Group<H>>();
  for await (const document of documentsOf(analytics, asked)) addTo(groups, document, asked, headOf);
  return [...groups.values()];
};

export type Group<H> = { head: H; sums: Sums };

/** The groups in larger ones. */
export const regrouped = <H extends object, L extends object>(groups: readonly Group<H>[], headOf: (head: H) => L): Group<L>[] => {
  const larger = new Map<string, Group<L>>();
  for (const { head, sums } of groups) {
    const into = groupOf(larger, headOf(head));
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

const addTo = <H extends object>(groups: Map<string, Group<H>>, document: PaymentFigures, asked: Asked, headOf: (kind: Kind) => H): void => {
  const { bucket, provider, currency, kinds } = document;
  for (const [kind, tally] of Object.entries(kinds)) {
    const { country, method } = countryAndMethodOf(kind);
    if ((asked.country !== undefined && country !== asked.country) || (asked.method !== undefined && method !== asked.method)) continue;
    const { sums } = groupOf(groups, headOf({ bucket, provider, currency, country, method }));
    eachCount(tally, (slot, count) => {
      sums[slot] = (sums[slot] ?? 0) + count;
    });
  }
};

const groupOf = <H extends object>(groups: Map<string, Group<H>>, head: H): Group<H> => {
  const key = Object.values(head).join('\n');
  const known = groups.get(key);
  if (known) return known;
  const made = { head, sums: new Float64Array(slots) };
  groups.set(key, made);
  return made;
};
