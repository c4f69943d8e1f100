import { type TSchema, Type } from 'typebox';
import type { KnownExperiment } from '../../../domain/notification/experiment.ts';
import { Closed, Instant } from '../schemas.ts';
import { TemplateKey } from './schemas.ts';

const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const ExperimentKey = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const ByExperimentKey = Type.Object({ key: ExperimentKey });
export const VariantName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
/** A success: `delivered`, `opened`, `clicked`, or what callers tell of by this name. */
export const Metric = Type.String({
  pattern: '^[a-z][a-z0-9_.]{0,63}$',
  description: '`delivered`, `opened`, `clicked`, or an event of your own that you tell of at `/conversions`',
});
export const HoldOutShare = Type.Number({ minimum: 0, maximum: 0.5, description: 'Share of the recipients who are in no variant' });
export const HoldOutTreatment = Type.Enum(['control', 'nothing'], { description: 'What they get: the version of control, or no notification at all' });
export const WindowHours = Type.Number({ exclusiveMinimum: 0, maximum: 2_160, description: 'A success counts so long after a notification' });
export const Rate = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
export const SampleSize = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'Recipients that each variant needs' });

const Version = Type.Integer({ minimum: 1 });
export const VariantBody = Closed({
  name: VariantName,
  templateVersion: Version,
  weight: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: 'In proportion to the weights of the others' }),
});

export const ExperimentStatus = Type.Enum(['running', 'concluded']);

const Conclusion = Type.Object({
  winner: OrNull(VariantName),
  reason: Type.Enum(['significant', 'not_significant', 'chosen', 'stopped']),
  settledOn: Type.Object(
    { variant: VariantName, templateVersion: Version },
    { description: 'What everybody gets from then on, until a version newer than `until` is published' },
  ),
  until: Version,
  at: Instant,
});

/** An experiment as the API shows it. */
export const ExperimentBody = Type.Object({
  key: ExperimentKey,
  status: ExperimentStatus,
  template: TemplateKey,
  variants: Type.Array(VariantBody),
  control: VariantName,
  metric: Metric,
  holdOut: Type.Object({ share: HoldOutShare, treatment: HoldOutTreatment }),
  attributionWindowHours: Type.Number(),
  minimumSample: Type.Integer(),
  plan: OrNull(Type.Object({ baselineRate: Type.Number(), minimumDetectableEffect: Type.Number() }, { description: 'What the minimum was computed from' })),
  autoConclude: Type.Boolean(),
  endsAt: OrNull(Instant),
  startedAt: Instant,
  conclusion: OrNull(Conclusion),
});

const share = Type.Number({ minimum: 0, maximum: 1 });
const Interval = Type.Object({ from: Type.Number(), to: Type.Number() }, { description: '95 % confidence' });
const measured = {
  recipients: Type.Integer({ description: 'Each counted once, as everywhere here; who is still to get it is not counted yet' }),
  sent: Type.Integer(),
  delivered: Type.Integer(),
  converted: Type.Integer(),
  rate: OrNull(share),
  rateInterval: OrNull(Interval),
};

export const ResultsBody = Type.Object({
  variants: Type.Array(
    Type.Object({
      name: VariantName,
      ...measured,
      enough: Type.Boolean({ description: 'Whether it has its minimum sample' }),
      againstControl: OrNull(
        Type.Object({
          difference: OrNull(Type.Number()),
          interval: OrNull(Interval),
          lift: OrNull(Type.Number({ description: "The difference as a share of control's rate" })),
          pValue: OrNull(share),
          adjustedPValue: OrNull(Type.Number({ minimum: 0, maximum: 1, description: 'By Holm, for as many variants as there are' })),
        }),
      ),
    }),
  ),
  holdOut: OrNull(Type.Object(measured)),
  overall: OrNull(Type.Object({ chiSquare: Type.Number(), degreesOfFreedom: Type.Integer(), pValue: share })),
  minimumSample: Type.Integer(),
  enough: Type.Boolean(),
});

/** The one way to show an experiment. */
export const shownExperiment = ({ conclusion, variants, control, plan, holdOut, ...experiment }: KnownExperiment) => {
  const settledOn = variants.find(({ name }) => name === (conclusion?.winner ?? control));
  return {
    ...experiment,
    status: conclusion ? ('concluded' as const) : ('running' as const),
    variants: [...variants],
    control,
    plan,
    holdOut,
    conclusion:
      conclusion && settledOn
        ? {
            winner: conclusion.winner,
            reason: conclusion.reason,
            settledOn: { variant: settledOn.name, templateVersion: settledOn.templateVersion },
            until: conclusion.newestVersion,
            at: conclusion.at,
          }
        : null,
  };
};
