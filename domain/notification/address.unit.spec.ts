import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmailAddress, isHeaderText } from './address.ts';

describe('an e-mail address', () => {
  it.each(['ada@example.com', 'ada.lovelace+shop@mail.example.co.uk', "o'neil@example.ie", 'jürgen@bücher.example', `${'a'.repeat(64)}@example.com`])(
    'may be %s',
    (address) => {
      expect(isEmailAddress(address)).toBe(true);
    },
  );

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@-example.com',
    'ada@example..com',
    '.ada@example.com',
    'ada lovelace@example.com',
    'Ada <ada@example.com>',
    'ada@example.com, bob@example.com',
    'ada@example.com\r\nbcc: bob@example.com',
    'ada@example.com\n',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'abcdefgh.'.repeat(30)}com`,
  ])('cannot be %j', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it('never holds what could break out of a header', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aé1.-+@<>,;:"() \r\n\0'), maxLength: 12 });
    fc.assert(
      fc.property(text, (local) => {
        const address = `${local}@example.com`;
        expect(isEmailAddress(address) && (!isHeaderText(address) || /[<>,;:"()\s]/.test(address))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('text for a header', () => {
  it('has no line breaks or control characters', () => {
    expect(isHeaderText('Your receipt – £12.00')).toBe(true);
    expect(isHeaderText('Hello\r\nBcc: bob@example.com')).toBe(false);
    expect(isHeaderText('Hello\u2028there')).toBe(false);
    expect(isHeaderText('Hello\0')).toBe(false);
  });
});
