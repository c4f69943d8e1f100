import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counts, type Span, withNotification } from './attribution.ts';

const hour = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();
const spansOf = (times: readonly number[], window: number): readonly Span[] =>
  times.reduce<readonly Span[]>((spans, time) => withNotification(spans, at(time), window), []);

describe('a success counts', () => {
  it('within the window of any notification, however many there were, in any order', () => {
    const times = fc.array(fc.integer({ min: 0, max: 100 * hour }), { maxLength: 30 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 110 * hour }), fc.double({ min: 0.001, max: 20, noNaN: true }), (notified, converted, window) => {
        const expected = notified.some((time) => time <= converted && converted <= time + window * hour);
        expect(counts(spansOf(notified, window), at(converted))).toBe(expected);
      }),
    );
  });

  it('of spans of which no two meet, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 * hour }), { maxLength: 30 }), (notified) => {
        const spans = spansOf(notified, 3);
        expect(spans.slice(1).every(({ from }, index) => from > (spans[index]?.to ?? Number.POSITIVE_INFINITY))).toBe(true);
      }),
    );
  });

  it('of the same spans where a notification adds nothing', () => {
    const spans = spansOf([0], 3);
    expect(withNotification(spans, at(0), 3)).toBe(spans);
  });
});
