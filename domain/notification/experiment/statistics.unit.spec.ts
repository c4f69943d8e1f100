import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twoSidedTail } from './distributions.ts';
import { chiSquareTest, differenceInterval, differencePValue, holm, rateOf, type Share, wilsonInterval, zOf } from './proportions.ts';
import { sampleFor } from './sample-size.ts';

const share = (successes: number, of: number): Share => ({ successes, of });
const anyShare = fc.integer({ min: 1, max: 10_000 }).chain((of) => fc.record({ successes: fc.integer({ min: 0, max: of }), of: fc.constant(of) }));

describe('one share', () => {
  // Newcombe 1998 (Two-sided confidence intervals for the single proportion), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i lies between %f and %f', (successes, of, from, to) => {
    const interval = wilsonInterval(share(successes, of));
    expect(interval?.from).toBeCloseTo(from, 4);
    expect(interval?.to).toBeCloseTo(to, 4);
  });

  it('of nobody is unknown', () => {
    expect([rateOf(share(0, 0)), wilsonInterval(share(0, 0)), differenceInterval(share(0, 0), share(1, 2))]).toEqual([null, null, null]);
    expect(differenceInterval(share(1, 2), share(0, 0))).toBeNull();
  });
});

describe('the difference of two shares', () => {
  // Newcombe 1998 (Interval estimation for the difference between independent proportions), table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [5, 56, 0, 29, -0.0381, 0.1926],
  ])('%i/%i − %i/%i lies between %f and %f', (a, m, b, n, from, to) => {
    const interval = differenceInterval(share(a, m), share(b, n));
    expect(interval?.from).toBeCloseTo(from, 4);
    expect(interval?.to).toBeCloseTo(to, 4);
  });

  // Agresti, An Introduction to Categorical Data Analysis, 2.2: aspirin and heart attacks; z² is the χ² that is given there, 25.01.
  it('is tested as in the Physicians’ Health Study', () => {
    const [placebo, aspirin] = [share(189, 11_034), share(104, 11_037)];
    expect(zOf(placebo, aspirin) ** 2).toBeCloseTo(25.01, 2);
    expect(differencePValue(placebo, aspirin)).toBeCloseTo(5.69e-7, 9);
  });

  it('is not tested where fewer than five of an outcome are expected', () => {
    expect(differencePValue(share(4, 100), share(5, 100))).toBeNull();
    expect(differencePValue(share(5, 100), share(5, 100))).toBe(1);
    expect(differencePValue(share(96, 100), share(95, 100))).toBeNull();
    expect(differencePValue(share(0, 0), share(5, 100))).toBeNull();
  });

  it('says the same whichever comes first, and includes nothing between equals', () => {
    fc.assert(
      fc.property(anyShare, anyShare, (one, other) => {
        expect(differencePValue(one, other)).toEqual(differencePValue(other, one));
        const [there, back] = [differenceInterval(one, other), differenceInterval(other, one)];
        expect(there?.from).toBeCloseTo(-(back?.to ?? 0), 12);
        const same = differenceInterval(one, one);
        expect((same?.from ?? 1) <= 0 && (same?.to ?? -1) >= 0).toBe(true);
        expect((there?.from ?? -2) >= -1.000000000001 && (there?.to ?? 2) <= 1.000000000001).toBe(true);
      }),
    );
  });
});

describe('several shares', () => {
  // Fleiss 1981, p. 139; the example of R's prop.test: X-squared = 12.6, df = 3, p-value = 0.005585.
  it('are tested together as the smokers of four groups of patients', () => {
    const smokers = [share(83, 86), share(90, 93), share(129, 136), share(70, 82)];
    const test = chiSquareTest(smokers);
    expect(test?.chiSquare).toBeCloseTo(12.6004, 4);
    expect(test?.degreesOfFreedom).toBe(3);
    expect(test?.pValue).toBeCloseTo(0.005585, 6);
  });

  it('of two are tested as by z', () => {
    fc.assert(
      fc.property(anyShare, anyShare, (one, other) => {
        const test = chiSquareTest([one, other]);
        if (test === null) expect(differencePValue(one, other)).toBeNull();
        else expect(test.pValue).toBeCloseTo(twoSidedTail(zOf(one, other)), 9);
      }),
    );
  });

  it('need at least two', () => expect(chiSquareTest([share(50, 100)])).toBeNull());
});

describe('several comparisons', () => {
  // The example of https://en.wikipedia.org/wiki/Holm–Bonferroni_method, and R's p.adjust of it.
  it('are corrected as Holm did', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(expected, 12);
  });

  it('count what could not be tested, and leave it so', () => expect(holm([0.04, null])).toEqual([0.08, null]));
  it('leave one alone', () => expect(holm([0.04])).toEqual([0.04]));

  it('never lower a value, never go past certainty, and keep the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 }), (values) => {
        const adjusted = holm(values).map((one) => one ?? -1);
        expect(adjusted.every((one, index) => one >= (values[index] ?? 2) - 1e-15 && one <= 1)).toBe(true);
        for (const [i, a] of values.entries()) for (const [j, b] of values.entries()) if (a < b) expect((adjusted[i] ?? 2) <= (adjusted[j] ?? -1)).toBe(true);
      }),
    );
  });
});

describe('the sample that a comparison needs', () => {
  // The examples of R's power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7; and p1 = .20, p2 = .25, power = .80, n = 1093.7.
  it('is that of the textbook', () => {
    expect(sampleFor({ baselineRate: 0.5, minimumDetectableEffect: 0.25 }, 1, 0.9)).toBe(77);
    expect(sampleFor({ baselineRate: 0.2, minimumDetectableEffect: 0.05 }, 1)).toBe(1_094);
  });

  it('grows with the comparisons, and as what must be found shrinks', () => {
    const plan = { baselineRate: 0.2, minimumDetectableEffect: 0.05 };
    expect(sampleFor(plan, 3)).toBeGreaterThan(sampleFor(plan, 1));
    expect(sampleFor({ ...plan, minimumDetectableEffect: 0.02 }, 1)).toBeGreaterThan(sampleFor(plan, 1));
  });
});
