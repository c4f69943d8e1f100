import { median } from './statistics.ts';

/** One side's figure of a round, higher is better. */
export type Sample = { perSecond: number };

export type Comparison<A extends Sample, B extends Sample> = {
  ours: readonly A[];
  baseline: readonly B[];
  /** The median of the rounds' ratios, and their spread. */
  ratio: number;
  lowest: number;
  highest: number;
};

/**
 * Ours and the baseline in turn, so many rounds. Each round's ratio compares two runs that stood side by side in time: on a machine that others use
 * too, the median of such ratios is worth more than the ratio of two averages.
 */
export const paired = async <A extends Sample, B extends Sample>(
  rounds: number,
  ours: () => Promise<A>,
  baseline: () => Promise<B>,
): Promise<Comparison<A, B>> => {
  const a: A[] = [];
  const b: B[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const [mine, theirs] = [await ours(), await baseline()];
    a.push(mine);
    b.push(theirs);
    ratios.push(mine.perSecond / theirs.perSecond);
  }
  return { ours: a, baseline: b, ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
};

export const medianOf = <T>(values: readonly T[], of: (value: T) => number): number => median(values.map(of));
