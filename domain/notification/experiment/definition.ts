import type { SamplePlan } from './sample-size.ts';

/** `weight` is in proportion to those of the others. */
export type Variant = { name: string; templateVersion: number; weight: number };

/** What an author decides before it starts; nothing of it can be changed while it runs. */
export type Experiment = {
  key: string;
  template: string;
  variants: readonly Variant[];
  /** The variant that the others are compared with, and that stays where none is better. */
  control: string;
  /** What counts as success: `delivered`, `opened`, `clicked`, or the name of an event of the author's business. */
  metric: string;
  /** So many of the recipients (0 to 0.5) are in no variant: they get control's version, or nothing at all. */
  holdOut: { share: number; treatment: 'control' | 'nothing' };
  /** A success counts within this time of a notification. */
  attributionWindowHours: number;
  /** So many recipients each variant needs. */
  minimumSample: number;
  /** What the minimum was computed from; null where it was given. */
  plan: SamplePlan | null;
  /** Ends by itself, once its sample is complete or at `endsAt`. */
  autoConclude: boolean;
  endsAt: string | null;
  startedAt: string;
};
