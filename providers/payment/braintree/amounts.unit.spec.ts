import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf, largestAmount } from '../../../domain/money.ts';
import { fromDecimal, toDecimal } from './amounts.ts';

const amounts = fc.integer({ min: 0, max: largestAmount });
const anyCurrency = fc.constantFrom(...currencies);

describe('sums in the notation of Braintree', () => {
  it.each([
    [10_000, 'GBP', '100.00'],
    [5, 'USD', '0.05'],
    [500, 'JPY', '500'],
    [1_250, 'KWD', '1.250'],
    [0, 'EUR', '0.00'],
  ])('%d minor units of %s are %s', (amount, currency, text) => {
    expect(toDecimal(amount, currency)).toBe(text);
    expect(fromDecimal(text, currency)).toBe(amount);
  });

  it('come back as they went, whatever the currency', () => {
    fc.assert(fc.property(amounts, anyCurrency, (amount, currency) => fromDecimal(toDecimal(amount, currency) ?? '', currency) === amount));
  });

  it('have as many decimals as the currency', () => {
    fc.assert(
      fc.property(amounts, anyCurrency, (amount, currency) => {
        const [, decimals = ''] = (toDecimal(amount, currency) ?? '').split('.');
        return decimals.length === exponentOf(currency);
      }),
    );
  });

  it('may be written with fewer decimals, or with zeros behind them', () => {
    expect(fromDecimal('100', 'GBP')).toBe(10_000);
    expect(fromDecimal('250.0', 'USD')).toBe(25_000);
    expect(fromDecimal('500.00', 'JPY')).toBe(500);
  });

  it('are never rounded', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 9 }), anyCurrency, (amount, more, currency) => {
        const text = toDecimal(amount, currency) ?? '';
        return fromDecimal(`${text.includes('.') ? text : `${text}.`}${more}`, currency) === undefined;
      }),
    );
  });

  it.each(['', 'a lot', '-1.00', '1e3', '1,000.00', ' 1.00', '1.', '99999999999999999.00'])('are not read from "%s"', (text) => {
    expect(fromDecimal(text, 'GBP')).toBeUndefined();
  });

  it.each([
    [1.5, 'GBP'],
    [-1, 'GBP'],
    [Number.MAX_VALUE, 'GBP'],
    [100, 'XXX'],
  ])('are not written of %d %s', (amount, currency) => {
    expect(toDecimal(amount, currency)).toBeUndefined();
  });
});
