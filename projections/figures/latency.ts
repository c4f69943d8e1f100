// A histogram whose buckets grow by a tenth: whatever is put into it, and however many are added up, a quantile is at most 5 % away from
// that of the values themselves (C. Masson, J. Rim, H. Lee: DDSketch, VLDB 2019).

const accuracy = 0.05;
const growth = (1 + accuracy) / (1 - accuracy);
const logOfGrowth = Math.log(growth);

/** The last one holds everything above 27 minutes. */
export const latencyBuckets = 144;

/** The bucket of a time. Milliseconds; what is below one counts as one. */
export const latencyBucketOf = (ms: number): number => Math.min(latencyBuckets - 1, Math.ceil(Math.log(Math.max(1, ms)) / logOfGrowth));

// What is said of a bucket: as far from its one end as from its other.
const middles: readonly number[] = Array.from({ length: latencyBuckets }, (_, bucket) => Math.round(((2 * growth ** bucket) / (growth + 1)) * 100) / 100);

/** The quantile by nearest rank, in milliseconds; null where nothing was measured. `counts`: by bucket, from a slot on. */
export const latencyQuantile = (counts: ArrayLike<number>, from: number, total: number, quantile: number): number | null => {
  let left = Math.max(1, Math.ceil(total * quantile));
  for (let bucket = 0; bucket < latencyBuckets; bucket += 1) {
    left -= counts[from + bucket] ?? 0;
    if (left <= 0) return middles[bucket] ?? null;
  }
  return null;
};
