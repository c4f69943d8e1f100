import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Resolve } from './resolve.ts';

// IANA's special-purpose registries (RFC 6890), and where clouds keep a machine's credentials.
const listOf = (four: readonly string[], six: readonly string[]): BlockList => {
  const list = new BlockList();
  const add = (family: 'ipv4' | 'ipv6') => (net: string) => {
    const [address = '', bits = ''] = net.split('/');
    list.addSubnet(address, Number(bits), family);
  };
  four.forEach(add('ipv4'));
  six.forEach(add('ipv6'));
  return list;
};

/** Of a house of one's own: loopback, RFC 1918, CGNAT (RFC 6598), unique local. */
const own = listOf(['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], ['::1/128', 'fc00::/7']);

/** Metadata of AWS, Azure, Alibaba and Oracle; link-local; what is no destination. */
const never = listOf(
  ['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.0/24', '0.0.0.0/8', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'].concat([
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ]),
  ['fd00:ec2::/32', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
);

/** The only IPv6 space that the world routes, without what holds an IPv4 address (Teredo, 6to4) or is for documentation. */
const routed = listOf([], ['2000::/3']);
const unrouted = listOf([], ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
const mapped = listOf([], ['::ffff:0:0/96']);

/** Whether a request that a stranger asked for may go to this address. `own`: also to a network of ours. */
export const mayCall = (address: string, allow: { own: boolean }): boolean => {
  const [bare = ''] = address.split('%');
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(bare) === 0 || never.check(bare, family)) return false;
  if (own.check(bare, family)) return allow.own;
  if (family === 'ipv4') return true;
  return mapped.check(bare, family) || (routed.check(bare, family) && !unrouted.check(bare, family));
};

export const forbiddenAddress = 'FORBIDDEN_ADDRESS';

/** Resolves once, and gives the connection those very addresses: a name that points elsewhere a moment later gains nothing. */
export const guardedLookup =
  (resolve: Resolve, allow: { own: boolean }): LookupFunction =>
  (hostname, options, done) => {
    const fail = (code: string) => done(Object.assign(new Error(code), { code }), '');
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (!first) fail('ENOTFOUND');
        else if (!found.every(({ address }) => mayCall(address, allow))) fail(forbiddenAddress);
        else if (options.all) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      () => fail('ENOTFOUND'),
    );
  };
