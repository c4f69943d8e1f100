import type { Experiment } from './definition.ts';
import {
  type ChiSquareTest,
  chiSquareTest,
  differenceInterval,
  differencePValue,
  holm,
  type Interval,
  rateOf,
  type Share,
  wilsonInterval,
} from './proportions.ts';

/**
 * Recipients, each counted once however many notifications: of whom it is known what became of the message, to whom something was sent,
 * delivered, and who has converted.
 */
export type Counts = { recipients: number; sent: number; delivered: number; converted: number };
export const noCounts: Counts = { recipients: 0, sent: 0, delivered: 0, converted: 0 };

export type ExperimentCounts = { variants: readonly ({ name: string } & Counts)[]; holdOut: Counts };

/** Of control; all are shares from 0 to 1, null where there is nothing to tell them from. */
export type Comparison = {
  /** `rate` less control's, with its 95 % confidence interval. */
  difference: number | null;
  interval: Interval | null;
  /** The difference as a share of control's rate: 0.1 is a tenth better. */
  lift: number | null;
  /** Two-sided, of the two-proportion z-test; `adjustedPValue` with Holm's correction for as many variants as there are. */
  pValue: number | null;
  adjustedPValue: number | null;
};

export type MeasuredShare = Counts & {
  /** `converted` of `recipients`, with its 95 % confidence interval. */
  rate: number | null;
  rateInterval: Interval | null;
};

export type VariantResult = MeasuredShare & {
  name: string;
  /** Whether it has its minimum sample. */
  enough: boolean;
  /** Null for control itself. */
  againstControl: Comparison | null;
};

export type Results = {
  variants: readonly VariantResult[];
  /** Those in no variant; null where nobody is held out. */
  holdOut: MeasuredShare | null;
  /** Whether the variants differ at all; null where there is too little to test. */
  overall: ChiSquareTest | null;
  minimumSample: number;
  /** Whether every variant has its minimum sample: before that, no p-value means anything. */
  enough: boolean;
};

const shareOf = ({ converted, recipients }: Counts): Share => ({ successes: converted, of: recipients });

const measured = (counts: Counts): MeasuredShare => ({ ...counts, rate: rateOf(shareOf(counts)), rateInterval: wilsonInterval(shareOf(counts)) });

/** What the counts say. */
export const resultsOf = ({ variants, control, minimumSample, holdOut }: Experiment, counts: ExperimentCounts): Results => {
  const countsOf = (wanted: string): Counts => {
    const { name: _, ...own } = counts.variants.find(({ name }) => name === wanted) ?? { name: wanted, ...noCounts };
    return own;
  };
  const baseline = shareOf(countsOf(control));
  const others = variants.flatMap(({ name }) => (name === control ? [] : [name]));
  const pValues = others.map((name) => differencePValue(shareOf(countsOf(name)), baseline));
  const adjusted = holm(pValues);
  const comparisons = new Map(
    others.map((name, index) => [
      name,
      compared(shareOf(countsOf(name)), baseline, { pValue: pValues[index] ?? null, adjustedPValue: adjusted[index] ?? null }),
    ]),
  );
  const results = variants.map(({ name }) => {
    const own = countsOf(name);
    return { name, ...measured(own), enough: own.recipients >= minimumSample, againstControl: comparisons.get(name) ?? null };
  });
  return {
    variants: results,
    holdOut: holdOut.share > 0 ? measured(counts.holdOut) : null,
    overall: chiSquareTest(variants.map(({ name }) => shareOf(countsOf(name)))),
    minimumSample,
    enough: results.every(({ enough }) => enough),
  };
};

const compared = (share: Share, baseline: Share, pValues: Pick<Comparison, 'pValue' | 'adjustedPValue'>): Comparison => {
  const [rate, controlRate] = [rateOf(share), rateOf(baseline)];
  const difference = rate === null || controlRate === null ? null : rate - controlRate;
  return {
    difference,
    interval: differenceInterval(share, baseline),
    lift: difference === null || controlRate === null || controlRate === 0 ? null : difference / controlRate,
    ...pValues,
  };
};
