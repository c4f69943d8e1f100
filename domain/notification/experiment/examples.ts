// A small language for specs: a receipt whose second version is tried against its first, on equal halves.
import type { Conclusion } from '../experiment.ts';
import type { Experiment } from './definition.ts';
import { noCounts, resultsOf } from './results.ts';

export const experiment = (change: Partial<Experiment> = {}): Experiment => ({
  key: 'shorter_receipt',
  template: 'payment_receipt',
  variants: [
    { name: 'present', templateVersion: 1, weight: 1 },
    { name: 'shorter', templateVersion: 2, weight: 1 },
  ],
  control: 'present',
  metric: 'opened',
  holdOut: { share: 0, treatment: 'control' },
  attributionWindowHours: 72,
  minimumSample: 100,
  plan: null,
  autoConclude: true,
  endsAt: null,
  startedAt: '2026-06-01T10:00:00.000Z',
  ...change,
});

/** So many converted of so many recipients, of each variant in its order. */
export const counted = (...converted: readonly (readonly [converted: number, recipients: number])[]) => ({
  variants: converted.map(([successes, of], index) => ({
    name: String(['present', 'shorter', 'longer'][index]),
    recipients: of,
    sent: of,
    delivered: of,
    converted: successes,
  })),
  holdOut: noCounts,
});

/** The same with a third variant. */
export const experiment3: Experiment = experiment({
  variants: [...experiment().variants, { name: 'longer', templateVersion: 3, weight: 2 }],
});

export const conclusion = (change: Partial<Conclusion> = {}): Conclusion => ({
  winner: 'shorter',
  reason: 'chosen',
  results: resultsOf(experiment(), counted([10, 100], [20, 100])),
  newestVersion: 2,
  at: '2026-06-09T10:00:00.000Z',
  ...change,
});
