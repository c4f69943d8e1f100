import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayCall } from './addresses.ts';

const strict = { own: false };
const atHome = { own: true };

describe('an address that a webhook names', () => {
  it.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('may be called: %s', (address) => {
    expect(mayCall(address, strict)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd12::1',
    '::ffff:7f00:1',
    '::ffff:192.168.0.1',
  ])('is of our own house: %s', (address) => {
    expect(mayCall(address, strict)).toBe(false);
    expect(mayCall(address, atHome)).toBe(true);
  });

  it.each([
    ...['169.254.169.254', '169.254.170.2', '168.63.129.16', '100.100.100.200', '192.0.0.192', '0.0.0.0', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '::', '::ffff:a9fe:a9fe', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'ff02::1'],
    ...['2001:db8::1', 'nonsense', ''],
  ])('is never called, at home or not: %s', (address) => {
    expect(mayCall(address, strict)).toBe(false);
    expect(mayCall(address, atHome)).toBe(false);
  });

  it('is judged the same when IPv6 dresses it up', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, own) => {
        expect(mayCall(`::ffff:${address}`, { own })).toBe(mayCall(address, { own }));
      }),
      { numRuns: 1_000 },
    );
  });
});
