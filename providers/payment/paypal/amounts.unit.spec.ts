import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf } from '../../../domain/money.ts';
import { fromPayPal, paypalCurrencies, toPayPal } from './amounts.ts';

const amount = fc.integer({ min: 1, max: 99_999_999_999 });

describe('sums in PayPal’s writing', () => {
  it.each([
    [10_000, 'GBP', '100.00'],
    [1, 'USD', '0.01'],
    [500, 'JPY', '500'],
    [123_400, 'HUF', '1234'],
    [100, 'TWD', '1'],
    [99_999_999_999, 'EUR', '999999999.99'],
  ])('%d minor units of %s are %s', (minor, currency, value) => {
    expect(toPayPal(minor, currency)).toEqual({ money: { currency_code: currency, value } });
    expect(fromPayPal({ currency_code: currency, value })).toEqual({ amount: minor, currency });
  });

  it.each([
    [150, 'HUF', 'multiples of 100'],
    [1, 'TWD', 'multiples of 100'],
    [1_000, 'KWD', 'no KWD'],
    [1_000, 'XYZ', 'no XYZ'],
    [1_000, 'toString', 'no toString'],
    [0, 'GBP', 'no positive'],
    [-5, 'GBP', 'no positive'],
    [1.5, 'GBP', 'no positive'],
  ])('%d of %s are refused', (minor, currency, reason) => {
    expect(toPayPal(minor, currency)).toEqual({ refused: expect.stringContaining(reason) });
  });

  it.each([
    ['GBP', '10', 1_000],
    ['GBP', '10.5', 1_050],
    ['GBP', '.5', 50],
    ['GBP', '10.500', 1_050],
    ['GBP', '-10.50', -1_050],
    ['GBP', '-0.00', 0],
    ['JPY', '500.00', 500],
    ['HUF', '12.00', 1_200],
  ])('reads %s %s', (currency, value, minor) => {
    expect(fromPayPal({ currency_code: currency, value })).toEqual({ amount: minor, currency });
  });

  it.each([
    ['GBP', '10.005'],
    ['JPY', '500.50'],
    ['GBP', ''],
    ['GBP', '.'],
    ['GBP', '1e3'],
    ['GBP', '1,000.00'],
    ['GBP', '99999999999999999999'],
    ['XYZ', '1'],
  ])('makes nothing of %s %s', (currency, value) => {
    expect(fromPayPal({ currency_code: currency, value })).toBeUndefined();
  });

  it('writes what it can so that it reads the same, and refuses the rest: never rounds', () => {
    fc.assert(
      fc.property(amount, fc.constantFrom(...currencies), (minor, currency) => {
        const written = toPayPal(minor, currency);
        if ('money' in written) expect(fromPayPal(written.money)).toEqual({ amount: minor, currency });
        else if (paypalCurrencies.includes(currency)) expect(minor % 100).not.toBe(0);
      }),
    );
  });

  it('keeps the order of sums', () => {
    fc.assert(
      fc.property(amount, amount, fc.constantFrom(...paypalCurrencies), (one, other, currency) => {
        const value = (minor: number) => {
          const written = toPayPal(minor * 100, currency);
          return 'money' in written ? Number(written.money.value) : Number.NaN;
        };
        expect(Math.sign(value(one) - value(other))).toBe(Math.sign(one - other));
      }),
    );
  });

  it('knows the exponent of each currency that it writes', () => {
    for (const currency of paypalCurrencies) expect(exponentOf(currency)).toBeDefined();
  });
});
