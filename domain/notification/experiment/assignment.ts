// Who gets what in an experiment: told by a hash of experiment and recipient alone, so that everybody gets the same each time.
import type { Experiment, Variant } from './definition.ts';
import { murmur3 } from './murmur3.ts';

/** What a recipient gets. Of those who are held out, `templateVersion` is control's: what they get where their treatment is `control`. */
export type Assignment =
  | { experiment: string; variant: string; templateVersion: number }
  | { experiment: string; holdOut: true; treatment: 'control' | 'nothing'; templateVersion: number };

/** `recipientKey`: the id of the user, or the address where there is none. */
export const assign = ({ key, variants, control, holdOut }: Experiment, recipientKey: string): Assignment | undefined => {
  if (isHeldOut(key, recipientKey, holdOut.share)) {
    const version = variants.find(({ name }) => name === control)?.templateVersion;
    return version === undefined ? undefined : { experiment: key, holdOut: true, treatment: holdOut.treatment, templateVersion: version };
  }
  const variant = variantOf(key, recipientKey, variants);
  return variant && { experiment: key, variant: variant.name, templateVersion: variant.templateVersion };
};

// Two seeds make two hashes that know nothing of each other: who is held out says nothing of the variant. Never to be changed.
const seeds = { variant: 0x5bd1e995, holdOut: 0x1b873593 };

/** Evenly between 0 and 1, 1 not reached. */
const place = (experiment: string, recipientKey: string, seed: number): number => murmur3(`${experiment}\n${recipientKey}`, seed) / 2 ** 32;

export const isHeldOut = (experiment: string, recipientKey: string, share: number): boolean => place(experiment, recipientKey, seeds.holdOut) < share;

/** By weight: of variants with the weights 1 and 3 the second gets three quarters. */
export const variantOf = (experiment: string, recipientKey: string, variants: readonly Variant[]): Variant | undefined => {
  const at = place(experiment, recipientKey, seeds.variant) * variants.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const variant of variants) {
    upTo += variant.weight;
    if (at < upTo) return variant;
  }
  // Adding up weights may lose the very end to rounding.
  return variants.at(-1);
};
