import { describe, expect, it } from 'vitest';
import { chiSquareTail, normalDistribution, normalQuantile, twoSidedTail } from './distributions.ts';
import { logGamma, upperGamma } from './gamma.ts';

describe('the gamma function', () => {
  it.each([
    [1, 0],
    [2, 0],
    [5, Math.log(24)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [0.25, Math.log(3.625609908221908)],
    [1.5, Math.log(Math.sqrt(Math.PI) / 2)],
    [100, 359.1342053695754],
  ])('ln Γ(%f) is %f', (x, value) => expect(logGamma(x)).toBeCloseTo(value, 11));

  it('has as its upper ratio with a = 1 the exponential', () => {
    for (const x of [0, 0.1, 1, 1.9, 2.1, 10, 50]) expect(upperGamma(1, x) / Math.exp(-x)).toBeCloseTo(1, 12);
  });
});

// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1 and 1.3.6.7.4; digits beyond the tables from R 4 (pnorm, qnorm, pchisq).
describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.96, 0.9750021048517795],
    [-1.96, 0.0249978951482205],
    [-3, 0.0013498980316301],
    [5, 0.9999997133484281],
  ])('Φ(%f) is %f', (z, p) => expect(normalDistribution(z)).toBeCloseTo(p, 13));

  it.each([
    [0.5, 0],
    [0.8, 0.8416212335729143],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489],
    [0.025, -1.959963984540054],
  ])('is below it with chance %f at %f', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 11));

  it('has tails that do not run out at eight deviations', () => {
    expect(twoSidedTail(8) / 1.244192114854357e-15).toBeCloseTo(1, 10);
  });
});

describe('the χ² distribution', () => {
  it.each([
    [2.706, 1, 0.1],
    [3.841, 1, 0.05],
    [6.635, 1, 0.01],
    [5.991, 2, 0.05],
    [7.815, 3, 0.05],
    [16.919, 9, 0.05],
    [29.588, 10, 0.001],
    [124.342, 100, 0.05],
  ])('exceeds %f with %i degrees of freedom by chance %f', (critical, degrees, p) => expect(chiSquareTail(critical, degrees)).toBeCloseTo(p, 4));

  it('is certain to be at least nothing', () => expect(chiSquareTail(0, 4)).toBe(1));
});
