import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyBucketOf, latencyBuckets, latencyQuantile } from './latency.ts';

describe('how long something took', () => {
  const times = fc.array(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 1_500_000 })), { minLength: 1, maxLength: 60 });
  const histogram = (of: readonly number[]) =>
    of.reduce((counts, ms) => counts.with(latencyBucketOf(ms), (counts[latencyBucketOf(ms)] ?? 0) + 1), new Float64Array(latencyBuckets));

  it('is at most 5 % off at any quantile, also where histograms were added up', () => {
    fc.assert(
      fc.property(times, times, fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1), (one, other, quantile) => {
        const all = [...one, ...other].sort((a, b) => a - b);
        const merged = histogram(one).map((count, bucket) => count + (histogram(other)[bucket] ?? 0));
        const exact = all[Math.ceil(all.length * quantile) - 1] ?? 0;
        const found = latencyQuantile(merged, 0, all.length, quantile) ?? 0;
        expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.0501);
      }),
    );
  });

  it('stays in its range, whatever the clocks say, and is nothing where nothing was measured', () => {
    expect([latencyBucketOf(-5), latencyBucketOf(0), latencyBucketOf(1), latencyBucketOf(1e12)]).toEqual([0, 0, 0, latencyBuckets - 1]);
    expect(latencyQuantile([], 0, 0, 0.5)).toBeNull();
  });
});
