import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardNumberInJson, holdsCardNumber } from './card-number.ts';

const withCheckDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + (i % 2 === 0 ? Number('0246813579'[Number(digit)]) : Number(digit)), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

const brand = fc.constantFrom(
  { prefix: '4', length: 16 },
  { prefix: '4', length: 13 },
  { prefix: '4', length: 19 },
  { prefix: '51', length: 16 },
  { prefix: '55', length: 16 },
  { prefix: '2221', length: 16 },
  { prefix: '2720', length: 16 },
  { prefix: '2204', length: 16 },
  { prefix: '34', length: 15 },
  { prefix: '37', length: 15 },
  { prefix: '305', length: 14 },
  { prefix: '36', length: 14 },
  { prefix: '3528', length: 16 },
  { prefix: '6011', length: 16 },
  { prefix: '62', length: 19 },
  { prefix: '6304', length: 18 },
);
const cardNumber = brand.chain(({ prefix, length }) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length - prefix.length - 1, maxLength: length - prefix.length - 1 })
    .map((digits) => withCheckDigit(prefix + digits.join(''))),
);
const grouped = fc
  .tuple(cardNumber, fc.constantFrom('', ' ', '-', '  ', ' - ', '\u00a0'), fc.constantFrom([4, 4, 4, 4, 4], [4, 6, 5, 4]))
  .map(([digits, separator, sizes]) => {
    let rest = digits;
    const groups = sizes.map((size) => {
      const group = rest.slice(0, size);
      rest = rest.slice(size);
      return group;
    });
    return [...groups, rest].filter((group) => group !== '').join(separator);
  });
const words = fc.constantFrom('', 'card ', 'pan:', 'ref #7, ', '(', '2024 ', 'x', '12/27 ');

describe('a card number', () => {
  it('is found however it is grouped and whatever stands before and after', () => {
    fc.assert(
      fc.property(grouped, words, fc.constantFrom('', ' exp 12/27', '.', ') thanks', ', 100', 'x'), (number, before, after) => {
        expect(holdsCardNumber(`${before}${number}${after}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found at any place of a JSON document, as text, number, key or escaped, and its path told', () => {
    const place = fc.array(fc.constantFrom('a', 'items', 'note'), { maxLength: 5 });
    const escaped = (text: string) => [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    fc.assert(
      fc.property(cardNumber, place, fc.constantFrom('text', 'number', 'escaped'), (number, keys, as) => {
        const leaf = { text: `"${number}"`, number, escaped: `"${escaped(number)}"` }[as];
        const json = keys.reduceRight((inner, key) => `{"before":1,"${key}":${inner}}`, leaf);
        expect(cardNumberInJson(json)).toBe(keys.join('.') || 'body');
      }),
    );
    expect(cardNumberInJson('{"a":{"4111111111111111":true}}')).toBe('a.(a key)');
    expect(cardNumberInJson('{"a":[0,{"b":"4111111111111111"}]}')).toBe('a.1.b');
  });

  it.each(['4111１１１１１１１１１１１１', '4111\u20111111\u20111111\u20111111', '4111\n1111\t1111 1111'])('is found in disguise: %j', (text) =>
    expect(holdsCardNumber(text)).toBe(true),
  );
});

describe('what is no card number', () => {
  it('no UUID is taken for one', () => {
    fc.assert(
      fc.property(fc.uuid(), words, (uuid, before) => !holdsCardNumber(`${before.replace('x', '')}${uuid}`)),
      { numRuns: 5_000 },
    );
    expect(holdsCardNumber('41111111-1111-4111-8111-111111111111')).toBe(false);
  });

  it('no E.164 number is', () => {
    const phone = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 14 }).map((digits) => `+4${digits.join('')}`);
    fc.assert(fc.property(phone, (number) => !holdsCardNumber(number)));
  });

  it('no amount is', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 99_999_999_999 }), (amount) => cardNumberInJson(`{"amount":${amount}}`) === undefined));
  });

  it('no hash or token is', () => {
    const hex = fc
      .array(
        fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16)),
        { minLength: 64, maxLength: 64 },
      )
      .map((digits) => digits.join(''));
    fc.assert(
      fc.property(hex, (hash) => /^\d{13,}|\d{13,}$/.test(hash) || !holdsCardNumber(hash)),
      { numRuns: 5_000 },
    );
    expect(holdsCardNumber('a34111111111111111b9')).toBe(false);
    expect(holdsCardNumber('tok_4111111111111111')).toBe(true);
  });

  it.each([
    '4111111111111112',
    '1700000000000',
    '0000000000000000',
    '4444444444444444444444',
    '2024-01-01 2024-02-01',
    'sizes 36 37 38 39 40 41 42',
    '51.507351235555555',
    '4006381333931 5901234123457',
    '192.168.100.100',
  ])('neither is %s', (text) => expect(holdsCardNumber(text)).toBe(false));
});

it('is cheap to look for in the longest body there may be', () => {
  const hostile = ['4 '.repeat(120_000), '4444 '.repeat(50_000), '4'.repeat(250_000), '-'.repeat(250_000), 'é4'.repeat(80_000)];
  for (const text of hostile) {
    const before = process.cpuUsage();
    cardNumberInJson(JSON.stringify(text));
    expect(process.cpuUsage(before).user / 1_000, 'ms of CPU').toBeLessThan(500);
  }
});
