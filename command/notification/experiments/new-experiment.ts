import { type Static, Type } from 'typebox';
import type { Experiment } from '../../../domain/notification/experiment/definition.ts';
import { faultsOf } from '../../../domain/notification/experiment/faults.ts';
import { sampleFor } from '../../../domain/notification/experiment/sample-size.ts';
import {
  ExperimentKey,
  HoldOutShare,
  HoldOutTreatment,
  Metric,
  Rate,
  SampleSize,
  VariantName,
  WindowHours,
} from '../../../platform/http/notification/experiment-schemas.ts';
import { TemplateKey } from '../../../platform/http/notification/schemas.ts';
import { Closed, Instant } from '../../../platform/http/schemas.ts';

/** What `POST /api/v1/experiments` takes. */
export const NewExperiment = Closed({
  key: ExperimentKey,
  template: TemplateKey,
  variants: Type.Array(
    Closed({
      name: VariantName,
      templateVersion: Type.Integer({ minimum: 1 }),
      weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: 'In proportion to the weights of the others; 1' })),
    }),
    { minItems: 2, maxItems: 10 },
  ),
  control: Type.Optional(Type.String({ maxLength: 64, description: 'The variant that the others are compared with; the first' })),
  metric: Metric,
  holdOut: Type.Optional(Closed({ share: HoldOutShare, treatment: Type.Optional(HoldOutTreatment) })),
  attributionWindowHours: Type.Optional(WindowHours),
  minimumSample: Type.Optional(SampleSize),
  baselineRate: Type.Optional(Rate),
  minimumDetectableEffect: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description: 'The difference that must not be overlooked: 0.02 is two points' }),
  ),
  autoConclude: Type.Optional(Type.Boolean()),
  endsAt: Type.Optional(Instant),
});
export type NewExperiment = Static<typeof NewExperiment>;

type Wrong = { path: string; message: string };

export const usualWindowHours = 72;

/** The experiment that is asked for, or all that is wrong with it. `startedAt`: now. */
export const experimentOf = (body: NewExperiment, startedAt: string): { experiment: Experiment } | { wrong: readonly Wrong[] } => {
  const sample = sampleOf(body);
  if ('wrong' in sample) return sample;
  const experiment: Experiment = {
    key: body.key,
    template: body.template,
    variants: body.variants.map(({ name, templateVersion, weight = 1 }) => ({ name, templateVersion, weight })),
    control: body.control ?? body.variants[0]?.name ?? '',
    metric: body.metric,
    holdOut: { share: body.holdOut?.share ?? 0, treatment: body.holdOut?.treatment ?? 'control' },
    attributionWindowHours: body.attributionWindowHours ?? usualWindowHours,
    ...sample,
    autoConclude: body.autoConclude ?? true,
    endsAt: body.endsAt === undefined ? null : new Date(body.endsAt).toISOString(),
    startedAt,
  };
  const wrong = faultsOf(experiment);
  return wrong.length > 0 ? { wrong } : { experiment };
};

const sampleOf = ({ minimumSample, baselineRate, minimumDetectableEffect, variants }: NewExperiment): Sample => {
  if (minimumSample !== undefined) {
    const extra = Object.entries({ baselineRate, minimumDetectableEffect }).flatMap(([path, value]) =>
      value === undefined ? [] : [{ path, message: 'cannot be given beside minimumSample, which is computed from it' }],
    );
    return extra.length > 0 ? { wrong: extra } : { minimumSample, plan: null };
  }
  if (baselineRate !== undefined && minimumDetectableEffect !== undefined) {
    const plan = { baselineRate, minimumDetectableEffect };
    // What cannot be is said as a fault of the experiment.
    return { minimumSample: baselineRate + minimumDetectableEffect > 1 ? 1 : sampleFor(plan, variants.length - 1), plan };
  }
  if (baselineRate !== undefined) return { wrong: [{ path: 'minimumDetectableEffect', message: 'is required beside baselineRate' }] };
  if (minimumDetectableEffect !== undefined) return { wrong: [{ path: 'baselineRate', message: 'is required beside minimumDetectableEffect' }] };
  return { wrong: [{ path: 'minimumSample', message: 'is required, or baselineRate and minimumDetectableEffect, from which it is computed' }] };
};

type Sample = Pick<Experiment, 'minimumSample' | 'plan'> | { wrong: readonly Wrong[] };
