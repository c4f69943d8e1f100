import type { Experiment } from './definition.ts';
import type { Comparison, Results } from './results.ts';
import { significanceLevel } from './sample-size.ts';

export type Verdict = { winner: string | null; reason: 'significant' | 'not_significant' };

const hourMs = 3_600_000;

/**
 * Whether it ends by itself now. The time must not hang on what the figures say, or a chance that looks like success for a moment would be
 * taken for one: so it is when all of the smallest sample have had their time to convert, or at the end that was set before.
 * `sampledAt`: when the last variant had its minimum sample; null where one hasn't.
 */
export const isDue = ({ autoConclude, endsAt, attributionWindowHours }: Experiment, sampledAt: string | null, now: string): boolean => {
  const at = Date.parse(now);
  if (!autoConclude) return false;
  if (endsAt !== null && at >= Date.parse(endsAt)) return true;
  return sampledAt !== null && at >= Date.parse(sampledAt) + attributionWindowHours * hourMs;
};

/** The best of those that are better than control; control, where all others are worse; else nobody, and control stays. */
export const verdictOf = ({ control }: Pick<Experiment, 'control'>, { variants, enough }: Results): Verdict => {
  if (!enough) return { winner: null, reason: 'not_significant' };
  const others = variants.flatMap(({ name, againstControl }) => (againstControl ? [{ name, ...surely(againstControl) }] : []));
  const [best] = others.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  if (best) return { winner: best.name, reason: 'significant' };
  if (others.every(({ gain }) => gain < 0)) return { winner: control, reason: 'significant' };
  return { winner: null, reason: 'not_significant' };
};

/** The difference, where it is more than chance. */
const surely = ({ difference, adjustedPValue }: Comparison): { gain: number } => ({
  gain: difference !== null && adjustedPValue !== null && adjustedPValue < significanceLevel ? difference : 0,
});
