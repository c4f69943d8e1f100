import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, inFewBuckets, intervals, type Stretch } from './buckets.ts';

describe('buckets', () => {
  it('belong to the hour, day and month in which it happened', () => {
    expect(bucketOf('hour', '2026-03-31T23:59:59.999Z')).toBe('2026-03-31T23:00:00.000Z');
    expect(bucketOf('day', '2026-03-31T23:59:59.999Z')).toBe('2026-03-31T00:00:00.000Z');
    expect(bucketOf('month', '2026-03-31T23:59:59.999Z')).toBe('2026-03-01T00:00:00.000Z');
  });

  const hour = 3_600_000;
  const times = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2026-12-31') }).map((ms) => new Date(ms).toISOString());
  /** How often a time is in it. */
  const count = (stretches: readonly Stretch[], at: string) =>
    stretches.filter(({ interval, from, to }) => bucketOf(interval, at) >= from && bucketOf(interval, at) < to).length;

  it('cover the same time when there are fewer of them, each moment once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...intervals), times, times, fc.array(times, { maxLength: 20 }), (interval, one, other, moments) => {
        const [start = one, to = other] = [one, other].sort();
        const from = bucketOf(interval, start);
        const few = inFewBuckets({ interval, from, to });
        // Where one may be in and the next out is at the edges.
        const edges = few.flatMap((stretch) => [stretch.from, stretch.to]).flatMap((at) => [-hour, 0, hour].map((by) => new Date(Date.parse(at) + by)));
        for (const at of [...moments, ...edges.map((edge) => edge.toISOString())])
          expect([at, count(few, at)]).toEqual([at, count([{ interval, from, to }], at)]);
      }),
      { numRuns: 500 },
    );
  });

  it('are months where there are whole ones, and days and hours at the ends', () => {
    const few = inFewBuckets({ interval: 'hour', from: '2026-01-30T22:00:00.000Z', to: '2026-03-02T01:30:00.000Z' });
    expect(few.map(({ interval, from, to }) => `${interval} ${from.slice(5, 13)} ${to.slice(5, 13)}`).sort()).toEqual([
      'day 01-31T00 02-01T00',
      'day 03-01T00 03-02T00',
      'hour 01-30T22 01-31T00',
      'hour 03-02T00 03-02T01',
      'month 02-01T00 03-01T00',
    ]);
  });
});
