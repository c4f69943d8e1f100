import { describe, expect, it } from 'vitest';
import { experimentOf, type NewExperiment } from './new-experiment.ts';

const asked: NewExperiment = {
  key: 'shorter_receipt',
  template: 'payment_receipt',
  variants: [
    { name: 'present', templateVersion: 1 },
    { name: 'shorter', templateVersion: 2, weight: 3 },
  ],
  metric: 'opened',
  minimumSample: 100,
};
const now = '2026-06-01T10:00:00.000Z';
const wrong = (change: Partial<NewExperiment>) => {
  const made = experimentOf({ ...asked, ...change }, now);
  return 'wrong' in made ? made.wrong.map(({ path }) => path) : [];
};
const without = ({ minimumSample: _, ...rest }: NewExperiment = asked): NewExperiment => rest;

describe('an experiment that is asked for', () => {
  it('has what is usual where nothing is said', () => {
    expect(experimentOf(asked, now)).toEqual({
      experiment: {
        ...asked,
        variants: [
          { name: 'present', templateVersion: 1, weight: 1 },
          { name: 'shorter', templateVersion: 2, weight: 3 },
        ],
        control: 'present',
        holdOut: { share: 0, treatment: 'control' },
        attributionWindowHours: 72,
        plan: null,
        autoConclude: true,
        endsAt: null,
        startedAt: now,
      },
    });
  });

  it('has the sample that it needs', () => {
    const plan = { baselineRate: 0.2, minimumDetectableEffect: 0.05 };
    expect(experimentOf({ ...without(), ...plan }, now)).toMatchObject({ experiment: { minimumSample: 1_094, plan } });
  });

  it('says its sample in one way', () => {
    expect(experimentOf(without(), now)).toMatchObject({ wrong: [{ path: 'minimumSample' }] });
    expect(experimentOf({ ...without(), baselineRate: 0.1 }, now)).toMatchObject({ wrong: [{ path: 'minimumDetectableEffect' }] });
    expect(experimentOf({ ...without(), minimumDetectableEffect: 0.1 }, now)).toMatchObject({ wrong: [{ path: 'baselineRate' }] });
    expect(wrong({ baselineRate: 0.1, minimumDetectableEffect: 0.1 })).toEqual(['baselineRate', 'minimumDetectableEffect']);
    expect(experimentOf({ ...without(), baselineRate: 0.9, minimumDetectableEffect: 0.2 }, now)).toMatchObject({
      wrong: [{ path: 'minimumDetectableEffect' }],
    });
  });

  it('can be run', () => {
    expect(wrong({ control: 'other' })).toEqual(['control']);
    expect(wrong({ endsAt: '2026-06-01T12:00:00+03:00' })).toEqual(['endsAt']);
    expect(wrong({ holdOut: { share: 0.5 } })).toEqual([]);
  });
});
