/** The value below which this share (0 to 1) of the sorted values lies: nearest rank. */
export const percentile = (sorted: ArrayLike<number>, share: number): number => {
  if (sorted.length === 0) throw new Error('a percentile of nothing');
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length)));
  return sorted[rank - 1] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? percentile(sorted, 0.5) : (percentile(sorted, 0.5) + (sorted[middle] ?? Number.NaN)) / 2;
};

/** Milliseconds. */
export type Latencies = { p50: number; p90: number; p99: number; max: number };

export const latencies = (milliseconds: readonly number[]): Latencies => {
  const sorted = Float64Array.from(milliseconds).sort();
  return { p50: percentile(sorted, 0.5), p90: percentile(sorted, 0.9), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) };
};

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
