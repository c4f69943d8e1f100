import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, isHeldOut, variantOf } from './assignment.ts';
import type { Experiment } from './definition.ts';
import { chiSquareTail } from './distributions.ts';
import { experiment, experiment3 } from './examples.ts';

const recipients = Array.from({ length: 100_000 }, (_, n) => `user-${n}`);
const heldOut: Experiment = { ...experiment3, holdOut: { share: 0.2, treatment: 'nothing' } };

/** The p-value of so many in each class where the shares are these. */
const chanceOf = (observed: readonly number[], shares: readonly number[]): number => {
  const all = observed.reduce((sum, one) => sum + one, 0);
  const chiSquare = observed.reduce((sum, one, index) => sum + (one - all * (shares[index] ?? 0)) ** 2 / (all * (shares[index] ?? 0)), 0);
  return chiSquareTail(chiSquare, observed.length - 1);
};
const counts = (keys: readonly string[], of: Experiment) =>
  of.variants.map(({ name }) => keys.filter((key) => variantOf(of.key, key, of.variants)?.name === name).length);

describe('assignment', () => {
  it.each([
    ['one beside another', recipients],
    ['addresses', recipients.map((key) => `${key}@example.com`)],
    ['random ids', fc.sample(fc.uuid(), { numRuns: 20_000, seed: 7 })],
  ])('honours the weights: %s', (_, keys) => {
    // By chance once in a thousand; the keys are always the same, so this one isn't.
    expect(chanceOf(counts(keys, experiment3), [0.25, 0.25, 0.5])).toBeGreaterThan(0.001);
    expect(chanceOf(counts(keys, experiment()), [0.5, 0.5])).toBeGreaterThan(0.001);
  });

  it('holds the share out that is asked for', () => {
    const out = recipients.filter((key) => isHeldOut(heldOut.key, key, 0.2)).length;
    expect(chanceOf([out, recipients.length - out], [0.2, 0.8])).toBeGreaterThan(0.001);
    expect(recipients.some((key) => isHeldOut(heldOut.key, key, 0))).toBe(false);
  });

  it('holds out whatever the variant would be', () => {
    const out = recipients.filter((key) => isHeldOut(heldOut.key, key, 0.2));
    expect(chanceOf(counts(out, heldOut), [0.25, 0.25, 0.5])).toBeGreaterThan(0.001);
  });

  it('of one experiment says nothing of another', () => {
    const first = recipients.filter((key) => variantOf('first', key, experiment().variants)?.name === 'present');
    expect(chanceOf(counts(first, experiment({ key: 'second' })), [0.5, 0.5])).toBeGreaterThan(0.001);
  });

  it('is the same each time, and hangs on nobody else', () => {
    const before = new Map(recipients.slice(0, 1_000).map((key) => [key, assign(heldOut, key)]));
    for (const key of recipients.toReversed()) {
      const known = before.get(key);
      if (known) expect(assign(heldOut, key)).toEqual(known);
    }
  });

  it('gives everybody something, whatever the weights', () => {
    const weights = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(fc.string(), weights, (key, all) => {
        const variants = all.map((weight, index) => ({ name: `v${index}`, templateVersion: index + 1, weight }));
        const assigned = assign({ ...experiment(), variants, control: 'v0' }, key);
        expect(assigned && 'variant' in assigned && assigned.templateVersion).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps a larger hold-out around a smaller one', () => {
    fc.assert(fc.property(fc.string(), (key) => isHeldOut('x', key, 0.3) || !isHeldOut('x', key, 0.1)));
  });

  it('is never changed: who has got something gets it again', () => {
    expect(['u1', 'u2', 'u3', 'u4', 'u5', 'u6'].map((key) => assign(heldOut, key))).toMatchInlineSnapshot(`
      [
        {
          "experiment": "shorter_receipt",
          "holdOut": true,
          "templateVersion": 1,
          "treatment": "nothing",
        },
        {
          "experiment": "shorter_receipt",
          "holdOut": true,
          "templateVersion": 1,
          "treatment": "nothing",
        },
        {
          "experiment": "shorter_receipt",
          "holdOut": true,
          "templateVersion": 1,
          "treatment": "nothing",
        },
        {
          "experiment": "shorter_receipt",
          "templateVersion": 3,
          "variant": "longer",
        },
        {
          "experiment": "shorter_receipt",
          "templateVersion": 3,
          "variant": "longer",
        },
        {
          "experiment": "shorter_receipt",
          "templateVersion": 2,
          "variant": "shorter",
        },
      ]
    `);
  });

  it('gives who is held out control, or nothing', () => {
    const key = recipients.find((one) => isHeldOut(heldOut.key, one, 0.2)) ?? '';
    expect(assign(heldOut, key)).toEqual({ experiment: 'shorter_receipt', holdOut: true, treatment: 'nothing', templateVersion: 1 });
    expect(assign({ ...heldOut, control: 'none' }, key)).toBeUndefined();
    expect(assign({ ...experiment(), variants: [] }, key)).toBeUndefined();
  });
});
