// How two shares compare: so many successes of so many.
import { chiSquareTail, normalQuantile, twoSidedTail } from './distributions.ts';

export type Share = { successes: number; of: number };
/** Both ends, inclusive. */
export type Interval = { from: number; to: number };

export const rateOf = ({ successes, of }: Share): number | null => (of === 0 ? null : successes / of);

const confidence = normalQuantile(0.975);

/** The 95 % confidence interval of a share (E. B. Wilson, 1927): never outside 0 to 1, and of some width where all or none succeeded. */
export const wilsonInterval = ({ successes, of }: Share): Interval | null => {
  if (of === 0) return null;
  const [rate, square] = [successes / of, confidence ** 2];
  const centre = (rate + square / (2 * of)) / (1 + square / of);
  const reach = (confidence / (1 + square / of)) * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of ** 2));
  return { from: Math.max(0, centre - reach), to: Math.min(1, centre + reach) };
};

/** The 95 % confidence interval of the first share less the second (R. G. Newcombe, 1998, method 10: of two Wilson intervals). */
export const differenceInterval = (one: Share, other: Share): Interval | null => {
  const [first, second, a, b] = [rateOf(one), rateOf(other), wilsonInterval(one), wilsonInterval(other)];
  if (first === null || second === null || !a || !b) return null;
  return {
    from: first - second - Math.hypot(first - a.from, b.to - second),
    to: first - second + Math.hypot(a.to - first, second - b.from),
  };
};

/** So many of either outcome must be expected in each group (W. G. Cochran, 1954), or the tests below would find what isn't there. */
const fewestExpected = 5;

const pooledOf = (shares: readonly Share[]): Share => ({
  successes: shares.reduce((sum, { successes }) => sum + successes, 0),
  of: shares.reduce((sum, { of }) => sum + of, 0),
});

const isTestable = (shares: readonly Share[]): boolean => {
  const pooled = rateOf(pooledOf(shares)) ?? 0;
  return shares.every(({ of }) => of * Math.min(pooled, 1 - pooled) >= fewestExpected);
};

/** Two-sided p-value of the two-proportion z-test, pooled and uncorrected; null where there is too little to test. */
export const differencePValue = (one: Share, other: Share): number | null => {
  if (!isTestable([one, other])) return null;
  return twoSidedTail(zOf(one, other));
};

/** How many standard errors the first share is above the second. */
export const zOf = (one: Share, other: Share): number => {
  const pooled = (one.successes + other.successes) / (one.of + other.of);
  return (one.successes / one.of - other.successes / other.of) / Math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of));
};

export type ChiSquareTest = { chiSquare: number; degreesOfFreedom: number; pValue: number };

/** Pearson's χ² test that all shares are the same; null where there is too little to test. */
export const chiSquareTest = (shares: readonly Share[]): ChiSquareTest | null => {
  if (shares.length < 2 || !isTestable(shares)) return null;
  const { successes, of } = pooledOf(shares);
  const pooled = successes / of;
  const chiSquare = shares.reduce((sum, share) => sum + (share.successes - share.of * pooled) ** 2 / (share.of * pooled * (1 - pooled)), 0);
  return { chiSquare, degreesOfFreedom: shares.length - 1, pValue: chiSquareTail(chiSquare, shares.length - 1) };
};

/**
 * p-values of several comparisons, so raised that all of them together find by chance what isn't there as seldom as one (S. Holm, 1979),
 * in the order given. Null, where nothing could be tested, is one comparison too, and stays null.
 */
export const holm = (pValues: readonly (number | null)[]): readonly (number | null)[] => {
  const all = pValues.map((pValue) => pValue ?? 1);
  const raised = (pValue: number): number => Math.min(1, pValue * all.filter((one) => one >= pValue).length);
  return pValues.map((pValue) => (pValue === null ? null : Math.max(...all.filter((one) => one <= pValue).map(raised))));
};
