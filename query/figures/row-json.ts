// Rows of answers as JSON, written at once: thousands of them as objects would take longer than to read and add them up.
import { latencyBuckets, latencyQuantile } from '../../projections/figures/latency.ts';
import type { Group, Sums } from './sums.ts';

/** The head of a row and its figures, whose place in the list is their slot: an object that is still open. `more` comes first. */
export const openRow = (figureNames: readonly string[]) => {
  const keys = figureNames.map((name) => `,"${name}":`);
  return <F extends string>({ head, sums }: Pick<Group<F>, 'head' | 'sums'>, more: Readonly<Record<string, unknown>>): string => {
    let json = JSON.stringify({ ...more, ...head });
    json = json === '{}' ? '{' : json.slice(0, -1);
    for (let slot = 0; slot < keys.length; slot += 1) json += `${keys[slot]}${sums[slot]}`;
    return json;
  };
};

type Page = { from: string; to: string; interval: string; nextCursor: string | null };

/** A whole answer, of rows and totals that are JSON already. `more`: what a service adds. */
export const answerJson = ({ from, to, interval, nextCursor }: Page, rows: readonly string[], totals: readonly string[], more: object): Buffer => {
  const head = JSON.stringify({ from, to, interval }).slice(0, -1);
  return Buffer.from(`${head},"data":[${rows.join()}],"totals":[${totals.join()}],${JSON.stringify({ ...more, nextCursor }).slice(1)}`);
};

/** Those that are not zero, by name. */
export const countsJson = (named: readonly (readonly [name: string, slot: number])[], sums: Sums): string => {
  let json = '';
  for (const [name, slot] of named) if (sums[slot]) json += `${json && ','}"${name}":${sums[slot]}`;
  return `{${json}}`;
};

/** How many were measured and their quantiles in milliseconds: from the histogram that begins at a slot, which counts in so many of them. */
export const latencyJson = (sums: Sums, from: number, unitMs = 1): string => {
  let measured = 0;
  for (let slot = from; slot < from + latencyBuckets; slot += 1) measured += sums[slot] ?? 0;
  const quantile = (part: number): number | null => {
    const found = measured === 0 ? null : latencyQuantile(sums, from, measured, part);
    return found === null ? null : Math.round(found * unitMs * 100) / 100;
  };
  return `{"measured":${measured},"p50":${quantile(0.5)},"p95":${quantile(0.95)},"p99":${quantile(0.99)}}`;
};

/** Between 0 and 1; null where there is nothing to share. */
export const share = (part: number, whole: number): number | null => (whole <= 0 ? null : Math.round((part / whole) * 10_000) / 10_000);
