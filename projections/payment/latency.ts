// A histogram whose buckets grow by a tenth: whatever is put into it, and however many are added up, a quantile is at most 5 % away from
// that of the values themselves (C. Masson, J. Rim, H. Lee: DDSketch, VLDB 2019).

const accuracy = 0.05;
const growth = (1 + accuracy) / (1 - accuracy);
const logOfGrowth = Math.log(growth);

/** The last one holds everything above 27 minutes. */
export const latencyBuckets = 144;

/** The bucket of a time. Milliseconds; what is below one counts as one. */
export const latencyBucketOf = (ms: number): number => Math.min(latencyBuckets - 1, Math.ceil(Math.log(Math.max(1, ms)) / logOfGrowth));

/** The quantile by nearest rank, in milliseconds; null where nothing was measured. `counts`: by bucket. */
export const latencyQuantile = (counts: ArrayLike<number>, total: number, quantile: number): number | null => {
  let left = Math.max(1, Math.ceil(total * quantile));
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    left -= counts[bucket] ?? 0;
    if (left <= 0) return Math.round(((2 * growth ** bucket) / (growth + 1)) * 100) / 100;
  }
  return null;
};
