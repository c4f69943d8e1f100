import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencies, median, percentile } from './statistics.ts';

describe('percentiles', () => {
  it('are by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 50, 99, 100]);
  });

  it('refuse an empty run instead of reporting nothing as good', () => {
    expect(() => latencies([])).toThrow('nothing');
  });

  it('sort by number, not by text', () => {
    expect(latencies([9, 10, 100])).toEqual({ p50: 10, p90: 100, p99: 100, max: 100 });
  });
});

describe('the median', () => {
  it('has as many values below as above, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 30 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
