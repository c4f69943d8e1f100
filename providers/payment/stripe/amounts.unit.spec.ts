import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf, faultOf } from '../../../domain/money.ts';
import { fromStripe, toStripe } from './amounts.ts';

const money = fc.record({ amount: fc.integer({ min: 1, max: 99_999_999_999 }), currency: fc.constantFrom(...currencies) });

describe('a sum at Stripe', () => {
  it.each([
    [
      { amount: 1_050, currency: 'GBP' },
      { amount: 1_050, currency: 'gbp' },
    ],
    [
      { amount: 500, currency: 'JPY' },
      { amount: 500, currency: 'jpy' },
    ],
    [
      { amount: 5, currency: 'ISK' },
      { amount: 500, currency: 'isk' },
    ],
    [
      { amount: 5, currency: 'UGX' },
      { amount: 500, currency: 'ugx' },
    ],
    [
      { amount: 5_120, currency: 'KWD' },
      { amount: 5_120, currency: 'kwd' },
    ],
    [
      { amount: 1_045, currency: 'HUF' },
      { amount: 1_045, currency: 'huf' },
    ],
    [
      { amount: 500, currency: 'MGA' },
      { amount: 5, currency: 'mga' },
    ],
  ])('writes %j as %j', (ours, theirs) => {
    expect(toStripe(ours)).toEqual(theirs);
    expect(fromStripe(theirs.amount, theirs.currency)).toEqual(ours);
  });

  it.each([
    { amount: 5_124, currency: 'KWD' },
    { amount: 520, currency: 'MGA' },
    { amount: 10_000, currency: 'CLF' },
    { amount: 1_000, currency: 'IQD' },
    { amount: 1_000, currency: 'SYP' },
    { amount: 1_000, currency: 'XYZ' },
  ])('refuses $amount of $currency', (ours) => expect(toStripe(ours)).toBeUndefined());

  it.each([
    [550, 'isk'],
    [1, 'clf'],
    [1, 'xyz'],
  ])('reads nothing into %d %s', (amount, currency) => expect(fromStripe(amount, currency)).toBeUndefined());

  it('comes back as it went, or is refused', () =>
    fc.assert(
      fc.property(money, (ours) => {
        const theirs = toStripe(ours);
        if (theirs) expect(fromStripe(theirs.amount, theirs.currency)).toEqual(ours);
      }),
      { numRuns: 5_000 },
    ));

  it('is never another sum: more of one is more of the other', () =>
    fc.assert(
      fc.property(money, fc.integer({ min: 1, max: 10_000 }), ({ amount, currency }, more) => {
        const [less, larger] = [toStripe({ amount, currency }), toStripe({ amount: amount + more, currency })];
        if (less && larger) expect(larger.amount * amount).toBe(less.amount * (amount + more));
      }),
    ));

  it('is refused only where Stripe has no such unit: two decimals always go', () =>
    fc.assert(
      fc.property(money, (ours) => {
        const theirs = toStripe(ours);
        if (theirs === undefined || exponentOf(ours.currency) !== 2 || ours.currency === 'MGA') return;
        expect(theirs.amount).toBe(ours.amount);
        expect(faultOf(ours)).toBeUndefined();
      }),
    ));
});
