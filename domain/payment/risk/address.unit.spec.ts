import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedAddress, parseAddress, parseNetwork, prefixOf } from './address.ts';

const within = (address: string, network: string): boolean => {
  const [at, of] = [parseAddress(address), parseNetwork(network)];
  if (at === undefined || of === undefined) throw new Error('not readable');
  return prefixOf(at, of.bits) === of.prefix;
};

describe('an address', () => {
  it.each([
    ['203.0.113.7', 0xffff_cb00_7107n],
    ['0.0.0.0', 0xffff_0000_0000n],
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['2001:db8::8:800:200c:417a', 0x20010db800000000_00080800200c417an],
    ['2001:DB8:0:0:8:800:200C:417A', 0x20010db800000000_00080800200c417an],
    ['::ffff:203.0.113.7', 0xffff_cb00_7107n],
    ['64:ff9b::192.0.2.33', 0x64ff9b000000000000_0000c0000221n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:0.7.0.8', 0x00010002000300040005000600070008n],
  ])('%s is a number', (text, number) => expect(parseAddress(text)).toBe(number));

  it.each(['', '1', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', 'g::'])(
    '%j is none',
    (text) => expect(parseAddress(text)).toBeUndefined(),
  );
  it.each(['1.2.3.4::', '12345::', 'fe80::1%eth0', '::1.2.3.4:5'])('%j is none either', (text) => expect(parseAddress(text)).toBeUndefined());

  it('is the same however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const number = parseAddress(text);
        expect(number).toBeDefined();
        const full = (number ?? 0n).toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? '';
        expect(parseAddress(full)).toBe(number);
        expect(parseAddress(full.toUpperCase())).toBe(number);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(parseAddress(`::ffff:${text}`)).toBe(parseAddress(text));
      }),
    );
  });
});

describe('a network', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.114.7', '203.0.113.0/24', false],
    ['203.0.113.7', '203.0.113.200/24', true],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7', false],
    ['203.0.113.7', '0.0.0.0/0', true],
    ['2001:db8::1', '0.0.0.0/0', false],
    ['2001:db8:1::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['203.0.113.7', '::/0', true],
  ])('%s in %s: %s', (address, network, expected) => expect(within(address, network)).toBe(expected));

  it.each(['203.0.113.0/33', '2001:db8::/129', '203.0.113.0/', 'x/8', '/8', '1.2.3.4/8/9', ''])('%j is none', (text) =>
    expect(parseNetwork(text)).toBeUndefined(),
  );
});

describe('what an address is counted under', () => {
  it('is itself', () => {
    expect(countedAddress('203.0.113.7')).toBe(countedAddress('::ffff:203.0.113.7'));
    expect(countedAddress('203.0.113.7')).not.toBe(countedAddress('203.0.113.8'));
  });
  it('is for IPv6 the network of one subscriber', () => {
    expect(countedAddress('2001:db8:0:1::1')).toBe(countedAddress('2001:db8:0:1:ffff::9'));
    expect(countedAddress('2001:db8:0:1::1')).not.toBe(countedAddress('2001:db8:0:2::1'));
  });
  it.each(['127.0.0.1', '10.1.2.3', '192.168.0.9', '172.20.0.1', '100.64.1.1', '169.254.1.1', '0.0.0.0', '::1', '::', 'fd00::1', 'fe80::1', 'nothing'])(
    'is nothing for %s',
    (text) => expect(countedAddress(text)).toBeUndefined(),
  );
});
