import type { Experiment } from './definition.ts';

export type ExperimentFault = { path: string; code: ExperimentFaultCode; message: string };
export type ExperimentFaultCode = 'variant_name_taken' | 'unknown_control' | 'effect_out_of_range' | 'ends_in_the_past';

type Asked = Pick<Experiment, 'variants' | 'control' | 'plan' | 'endsAt' | 'startedAt'>;

/** What is wrong with an experiment beyond its shape, each with the place (`variants.1.name`); nothing where it can be started. */
export const faultsOf = ({ variants, control, plan, endsAt, startedAt }: Asked): readonly ExperimentFault[] => [
  ...variants.flatMap(({ name }, index) => {
    const first = variants.findIndex((one) => one.name === name);
    return first < index ? [fault(`variants.${index}.name`, 'variant_name_taken', `is the name of variants.${first} too`)] : [];
  }),
  ...(variants.some(({ name }) => name === control) ? [] : [fault('control', 'unknown_control', 'is no name of a variant')]),
  ...(plan && plan.baselineRate + plan.minimumDetectableEffect > 1
    ? [fault('minimumDetectableEffect', 'effect_out_of_range', 'must leave baselineRate and it at 1 together, at most')]
    : []),
  ...(endsAt !== null && Date.parse(endsAt) <= Date.parse(startedAt) ? [fault('endsAt', 'ends_in_the_past', 'must be in the future')] : []),
];

const fault = (path: string, code: ExperimentFaultCode, message: string): ExperimentFault => ({ path, code, message });
