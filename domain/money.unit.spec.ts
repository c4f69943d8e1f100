import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf, faultOf, formatMoney, largestAmount, sumOf } from './money.ts';

describe('currencies', () => {
  it.each([
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['CLP', 0],
    ['GBP', 2],
    ['EUR', 2],
    ['BHD', 3],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %i digits after the point', (currency, exponent) => expect(exponentOf(currency)).toBe(exponent));

  it.each(['XXX', 'XTS', 'XAU', 'ABC', 'gbp', 'GB', '', 'constructor', '__proto__'])('nobody pays in %j', (currency) => {
    expect(exponentOf(currency)).toBeUndefined();
    expect(faultOf({ amount: 100, currency })).toBe('unknown_currency');
  });

  it('are all known to the runtime, each once', () => {
    const known = new Set(Intl.supportedValuesOf('currency'));
    // Too new, or too special, for some runtimes' tables.
    const recent = new Set(['XCG', 'ZWG', 'SLE', 'VED', 'UYW', 'CLF']);
    expect(currencies.filter((code) => !known.has(code) && !recent.has(code))).toEqual([]);
    expect(new Set(currencies).size).toBe(currencies.length);
  });
});

describe('a sum to be paid', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, largestAmount + 1])('is not %d', (amount) =>
    expect(faultOf({ amount, currency: 'GBP' })).toBe('amount_invalid'),
  );

  it.each([1, 999, largestAmount])('may be %d', (amount) => expect(faultOf({ amount, currency: 'GBP' })).toBeUndefined());

  it('is made of fifths where the currency is', () => {
    expect(faultOf({ amount: 110, currency: 'MGA' })).toBe('amount_not_representable');
    expect(faultOf({ amount: 120, currency: 'MRU' })).toBeUndefined();
  });
});

describe('showing money', () => {
  it.each([
    [{ amount: 123_450, currency: 'GBP' }, '1234.50 GBP'],
    [{ amount: 5, currency: 'USD' }, '0.05 USD'],
    [{ amount: 500, currency: 'JPY' }, '500 JPY'],
    [{ amount: 1, currency: 'KWD' }, '0.001 KWD'],
    [{ amount: -7, currency: 'CLF' }, '-0.0007 CLF'],
    [{ amount: 7, currency: '???' }, '7 ???'],
  ])('%o is %s', (money, text) => expect(formatMoney(money)).toBe(text));

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largestAmount }), fc.constantFrom(...currencies), (amount, currency) => {
        expect(Number((formatMoney({ amount, currency }).split(' ')[0] ?? '').replace('.', ''))).toBe(amount);
      }),
    );
  });
});

it('sums', () => expect(sumOf([{ amount: 1 }, { amount: 2 }])).toBe(3));
