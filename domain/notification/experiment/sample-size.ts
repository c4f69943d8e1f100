import { normalQuantile } from './distributions.ts';

/** What of nothing is found by chance, and what there is to find is found. */
export const significanceLevel = 0.05;
export const power = 0.8;

/** `baselineRate`: the share that control is thought to have; `minimumDetectableEffect`: the difference that must not be overlooked, as a share of all (0.02: two points). */
export type SamplePlan = { baselineRate: number; minimumDetectableEffect: number };

/**
 * So many recipients each variant needs (Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, 4.2, without the correction for
 * continuity; as R's power.prop.test). `comparisons`: variants beside control, among which the level is shared out.
 */
export const sampleFor = ({ baselineRate, minimumDetectableEffect }: SamplePlan, comparisons: number, wanted = power): number => {
  const [p1, p2] = [baselineRate, baselineRate + minimumDetectableEffect];
  const middle = (p1 + p2) / 2;
  const [level, found] = [normalQuantile(1 - significanceLevel / comparisons / 2), normalQuantile(wanted)];
  const spread = level * Math.sqrt(2 * middle * (1 - middle)) + found * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return Math.ceil((spread / minimumDetectableEffect) ** 2);
};
