import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, formatMoney, largestAmount } from '../domain/money.ts';

// A page's module: it has no types.
const { decimal, minorUnits, money } = await import(new URL('../console/money.js', import.meta.url).href);

const currency = fc.constantFrom(...currencies);
const amount = fc.integer({ min: 1, max: largestAmount });

describe('money in the console', () => {
  it('has as many digits as the domain gives its currency', () => {
    fc.assert(fc.property(amount, currency, (minor, code) => `${decimal(minor, code)} ${code}` === formatMoney({ amount: minor, currency: code })));
  });

  it('comes back from a field as it was put in, to the last unit', () => {
    fc.assert(fc.property(amount, currency, (minor, code) => minorUnits(decimal(minor, code), code) === minor));
  });

  it.each([
    ['19.9', 'GBP', 1_990],
    [' 19 ', 'GBP', 1_900],
    ['0.07', 'GBP', 7],
    ['12.345', 'KWD', 12_345],
    ['5400', 'JPY', 5_400],
  ])('reads %s %s as %i', (written, code, minor) => expect(minorUnits(written, code)).toBe(minor));

  it.each([
    ['19.999', 'GBP'],
    ['1.5', 'JPY'],
    ['1,000', 'GBP'],
    ['1,5', 'EUR'],
    ['-1', 'GBP'],
    ['1e3', 'GBP'],
    ['.5', 'GBP'],
    ['5.', 'GBP'],
    ['', 'GBP'],
    ['123456789012', 'GBP'],
  ])('does not guess what %s %s may mean', (written, code) => expect(minorUnits(written, code)).toBeUndefined());

  it('is written for readers with the sign of its currency', () => expect(money(largestAmount, 'GBP')).toBe('£999,999,999.99'));
});
