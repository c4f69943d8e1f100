import { upperGamma } from './gamma.ts';

/** The chance of a χ² at least as large as this, with so many degrees of freedom, where nothing differs. Relative error about 1e-13. */
export const chiSquareTail = (chiSquare: number, degreesOfFreedom: number): number => upperGamma(degreesOfFreedom / 2, chiSquare / 2);

/** The chance of a standard normal z at least as far from 0, on either side: the square of one is a χ² with one degree of freedom. */
export const twoSidedTail = (z: number): number => chiSquareTail(z * z, 1);

/** Φ(z), the standard normal distribution. Error about 1e-14. */
export const normalDistribution = (z: number): number => {
  const tail = twoSidedTail(z) / 2;
  return z < 0 ? tail : 1 - tail;
};

/** The z that a standard normal variable is at most with this chance, 0 < p < 1: found by halving, to about 1e-12. */
export const normalQuantile = (p: number): number => {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
