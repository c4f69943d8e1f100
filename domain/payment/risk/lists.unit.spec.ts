import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputs, quiet } from './examples.ts';
import { findLists } from './lists.ts';
import type { RiskList, RiskListKind } from './rules.ts';

const one = (kind: RiskListKind, ...values: string[]): RiskList => ({ name: 'l', kind, values });
const isOn = (list: RiskList, change: Parameters<typeof inputs>[0] = {}): boolean => findLists([list])(inputs(change)).length > 0;

describe('a list', () => {
  it.each<[RiskListKind, string, string]>([
    ['customer', 'c1', 'c2'],
    ['email_domain', 'Example.COM', 'mail.example.com'],
    ['card', 'f1', 'F1'],
    ['ip', '203.0.113.0/24', '203.0.114.0/24'],
    ['device', 'd1', 'd2'],
    ['country', 'GB', 'US'],
    ['ip_country', 'GB', 'US'],
    ['card_country', 'GB', 'US'],
  ])('of kind %s holds %s and not %s', (kind, on, off) => {
    expect(isOn(one(kind, on))).toBe(true);
    expect(isOn(one(kind, off))).toBe(false);
  });

  it('holds nothing of what is not known', () => {
    const { ip: _, deviceId: _d, cardFingerprint: _f, ...known } = quiet;
    const unknown = { ...known, customerId: null, emailDomain: null, country: null, ipCountry: null, cardCountry: null };
    const kinds: RiskListKind[] = ['customer', 'email_domain', 'card', 'ip', 'device', 'country', 'ip_country', 'card_country'];
    expect(findLists(kinds.map((kind) => one(kind, 'c1', 'GB', '::/0')))(unknown)).toEqual([]);
    expect(isOn(one('ip', '::/0'), { ip: 'somewhere' })).toBe(false);
    expect(isOn({ name: 'l', kind: 'ip' })).toBe(false);
  });

  it('is named in the order of the set', () => {
    const lists: RiskList[] = [
      { name: 'b', kind: 'customer', values: ['c1'] },
      { name: 'x', kind: 'customer', values: ['c9'] },
      { name: 'a', kind: 'country', values: ['GB'] },
    ];
    expect(findLists(lists)(quiet)).toEqual(['b', 'a']);
  });

  it('of networks holds every address in them, and each address that it names', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1 }), fc.nat(32), (addresses, bits) => {
        const [first = ''] = addresses;
        const exact = findLists([one('ip', ...addresses)]);
        for (const ip of addresses) expect(exact(inputs({ ip }))).toEqual(['l']);
        expect(isOn(one('ip', `${first}/${bits}`), { ip: first })).toBe(true);
      }),
    );
  });
});
