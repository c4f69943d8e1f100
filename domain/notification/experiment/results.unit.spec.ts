import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, experiment, experiment3 } from './examples.ts';
import { faultsOf } from './faults.ts';
import { resultsOf } from './results.ts';
import { isDue, verdictOf } from './verdict.ts';

const verdict = (...converted: readonly (readonly [number, number])[]) => {
  const of = converted.length === 2 ? experiment() : experiment3;
  return verdictOf(of, resultsOf(of, counted(...converted)));
};

describe('results', () => {
  it('hold each variant against control', () => {
    const results = resultsOf(experiment(), counted([104, 11_037], [189, 11_034]));
    expect(results).toMatchObject({ enough: true, minimumSample: 100, holdOut: null, overall: { degreesOfFreedom: 1 } });
    const [present, shorter] = results.variants;
    expect(present).toMatchObject({ name: 'present', recipients: 11_037, converted: 104, enough: true, againstControl: null });
    expect(shorter?.rate).toBeCloseTo(0.0171, 4);
    expect(shorter?.againstControl?.difference).toBeCloseTo(0.0077, 4);
    expect(shorter?.againstControl?.lift).toBeCloseTo(0.818, 3);
    expect(shorter?.againstControl?.pValue).toBe(shorter?.againstControl?.adjustedPValue);
  });

  it('say where nothing is known', () => {
    const results = resultsOf(experiment(), { variants: [], holdOut: { recipients: 0, sent: 0, delivered: 0, converted: 0 } });
    expect(results).toMatchObject({ enough: false, overall: null });
    expect(results.variants[1]).toMatchObject({
      recipients: 0,
      rate: null,
      rateInterval: null,
      againstControl: { difference: null, interval: null, lift: null, pValue: null, adjustedPValue: null },
    });
    expect(resultsOf(experiment(), counted([0, 10], [5, 10])).variants[1]?.againstControl?.lift).toBeNull();
  });

  it('show those who are held out beside the variants', () => {
    const held = experiment({ holdOut: { share: 0.1, treatment: 'nothing' } });
    const counts = { ...counted([10, 100], [20, 100]), holdOut: { recipients: 20, sent: 0, delivered: 0, converted: 5 } };
    expect(resultsOf(held, counts).holdOut).toMatchObject({ recipients: 20, rate: 0.25 });
  });
});

describe('the verdict', () => {
  it.each([
    [
      'the better one, where it is surely better',
      [
        [10, 100],
        [30, 100],
      ] as const,
      'shorter',
      'significant',
    ],
    [
      'control, where the other is surely worse',
      [
        [30, 100],
        [10, 100],
      ] as const,
      'present',
      'significant',
    ],
    [
      'nobody, where it may be chance',
      [
        [10, 100],
        [14, 100],
      ] as const,
      null,
      'not_significant',
    ],
    [
      'nobody, where a sample is too small',
      [
        [10, 99],
        [60, 99],
      ] as const,
      null,
      'not_significant',
    ],
    [
      'nobody, where nobody converted',
      [
        [0, 100],
        [0, 100],
      ] as const,
      null,
      'not_significant',
    ],
    [
      'the best of those that are better',
      [
        [10, 100],
        [30, 100],
        [40, 100],
      ] as const,
      'longer',
      'significant',
    ],
    [
      'the best of those that are better, in any order',
      [
        [10, 100],
        [40, 100],
        [30, 100],
      ] as const,
      'shorter',
      'significant',
    ],
    [
      'nobody, where one is worse and the other may be',
      [
        [30, 100],
        [10, 100],
        [29, 100],
      ] as const,
      null,
      'not_significant',
    ],
    // p is 0.032 by itself, and 0.063 of two.
    [
      'nobody, where of several one looks better by chance',
      [
        [10, 100],
        [20, 101],
        [11, 100],
      ] as const,
      null,
      'not_significant',
    ],
  ])('is %s', (_, counts, winner, reason) => expect(verdict(...counts)).toEqual({ winner, reason }));

  it('seldom finds what is not there', () => {
    // A thousand A/A experiments, always the same.
    const rates = fc.sample(fc.array(fc.boolean(), { minLength: 400, maxLength: 400 }), { numRuns: 1_000, seed: 11 });
    const found = rates.filter((converted) => {
      const half = (from: number): [number, number] => [converted.slice(from, from + 200).filter(Boolean).length, 200];
      return verdict(half(0), half(200)).winner !== null;
    });
    expect(found.length).toBeLessThan(75);
  });
});

describe('an experiment ends by itself', () => {
  const sampledAt = '2026-06-03T10:00:00.000Z';
  it('when the smallest sample has had its time, whatever the figures', () => {
    expect(isDue(experiment(), sampledAt, '2026-06-06T09:59:59.999Z')).toBe(false);
    expect(isDue(experiment(), sampledAt, '2026-06-06T10:00:00.000Z')).toBe(true);
    expect(isDue(experiment(), null, '2027-06-06T10:00:00.000Z')).toBe(false);
  });
  it('at the end that was set', () => {
    const endsAt = '2026-06-02T10:00:00.000Z';
    expect(isDue(experiment({ endsAt }), null, '2026-06-02T09:59:59.999Z')).toBe(false);
    expect(isDue(experiment({ endsAt }), null, endsAt)).toBe(true);
  });
  it('or never, where people are to end it', () => {
    expect(isDue(experiment({ autoConclude: false, endsAt: sampledAt }), sampledAt, '2027-06-06T10:00:00.000Z')).toBe(false);
  });
});

describe('what can not be started', () => {
  const faults = (change: Parameters<typeof experiment>[0]) => faultsOf(experiment(change)).map(({ path, code }) => [path, code]);
  it('is said with its place', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ variants: [...experiment().variants, { name: 'present', templateVersion: 3, weight: 1 }] })).toEqual([
      ['variants.2.name', 'variant_name_taken'],
    ]);
    expect(faults({ control: 'other' })).toEqual([['control', 'unknown_control']]);
    expect(faults({ plan: { baselineRate: 0.9, minimumDetectableEffect: 0.2 } })).toEqual([['minimumDetectableEffect', 'effect_out_of_range']]);
    expect(faults({ plan: { baselineRate: 0.5, minimumDetectableEffect: 0.2 } })).toEqual([]);
    expect(faults({ endsAt: '2026-06-01T10:00:00.000Z' })).toEqual([['endsAt', 'ends_in_the_past']]);
  });
});
