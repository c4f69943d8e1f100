import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAddress, isEmailAddress, isHeaderText, isPhoneNumber, normalAddress } from './address.ts';
import { channels } from './channel.ts';

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

describe('a phone number', () => {
  it('is one in E.164', () => {
    for (const number of ['+447700900123', '+1234567']) expect(isPhoneNumber(number)).toBe(true);
    for (const number of ['', '447700900123', '+0123456789', '+123456', '+1234567890123456', '+44 7700 900123', '+447700900123\n'])
      expect(isPhoneNumber(number)).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    ['email', ' Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
    ['email', 'ju\u0308rgen@example.com', 'j\u00fcrgen@example.com'],
    ['sms', '+44 (7700) 900-123', '+447700900123'],
    ['push', 'AbC:d', 'AbC:d'],
    ['chat', '#General', '#General'],
    ['webhook', 'https://example.com/Hook', 'https://example.com/Hook'],
    ['in_app', 'U1', 'U1'],
  ] as const)('has one spelling: %s %s', (channel, address, normal) => {
    expect(normalAddress(channel, address)).toBe(normal);
  });

  it('keeps its spelling', () => {
    fc.assert(
      fc.property(fc.constantFrom(...channels), fc.string({ unit: 'grapheme' }), (channel, address) => {
        const normal = normalAddress(channel, address);
        expect(normalAddress(channel, normal)).toBe(normal);
      }),
    );
  });

  it('is what its channel can send to', () => {
    const good = { email: 'ada@example.com', sms: '+447700900123', push: 'token', in_app: 'u1', chat: '#general', webhook: 'https://example.com' };
    for (const channel of channels) expect([isAddress(channel, good[channel]), isAddress(channel, '')]).toEqual([true, false]);
    expect(isAddress('sms', good.email)).toBe(false);
  });
});
