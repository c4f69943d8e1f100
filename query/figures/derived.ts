import { latencyBuckets, latencyQuantile } from '../../projections/figures/latency.ts';
import type { Sums } from './sums.ts';

/** Between 0 and 1; null where there is nothing to share. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000);

/** How many were measured and their quantiles in milliseconds, as JSON: from the histogram that begins at a slot. */
export const latencyJson = (sums: Sums, from: number): string => {
  let measured = 0;
  for (let slot = from; slot < from + latencyBuckets; slot += 1) measured += sums[slot] ?? 0;
  const quantile = (part: number): number | null => (measured === 0 ? null : latencyQuantile(sums, from, measured, part));
  return `{"measured":${measured},"p50":${quantile(0.5)},"p95":${quantile(0.95)},"p99":${quantile(0.99)}}`;
};
