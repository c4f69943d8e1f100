// IP addresses as numbers of 128 bits; an IPv4 address is the IPv6 address that it is mapped to (RFC 4291, 2.5.5.2).

export type Network = { bits: number; prefix: bigint };

const mapped = 0xffffn << 32n;
const mappedBits = 96;

/** Undefined for what is no address. */
export const parseAddress = (text: string): bigint | undefined => {
  const v4 = parseV4(text);
  return v4 === undefined ? parseV6(text) : mapped | v4;
};

/** An address, or a network as `203.0.113.0/24` or `2001:db8::/32`; undefined for what is neither. Bits beyond the prefix don't matter. */
export const parseNetwork = (text: string): Network | undefined => {
  const [, base = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === undefined) return undefined;
  const [offset, most] = base.includes(':') ? [0, 128] : [mappedBits, 32];
  const bits = offset + (length === undefined ? most : Number(length));
  return bits > 128 ? undefined : { bits, prefix: prefixOf(address, bits) };
};

export const prefixOf = (address: bigint, bits: number): bigint => address >> BigInt(128 - bits);

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
};

const parseV6 = (text: string): bigint | undefined => {
  const [head = '', tail, more] = text.split('::');
  if (!text.includes(':') || more !== undefined) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (!before || !after) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0n), ...after].reduce((sum, group) => (sum << 16n) | group, 0n);
};

/** Groups of 16 bits; the last two may be written as an IPv4 address where they end the text. */
const groupsOf = (text: string, ends: boolean): readonly bigint[] | undefined => {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = ends && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
};

// Loopback, private, shared (RFC 6598), link-local, unspecified: whoever is behind them is not told apart.
const local = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
]
  .map(parseNetwork)
  .filter((network) => network !== undefined);

const v6Subscriber = 64;

/**
 * What attempts of one address are counted under: an IPv4 address, or the /64 that one subscriber of IPv6 has. Undefined where counting
 * says nothing: local addresses, and what is no address.
 */
export const countedAddress = (text: string): string | undefined => {
  const address = parseAddress(text);
  if (address === undefined || local.some(({ bits, prefix }) => prefixOf(address, bits) === prefix)) return undefined;
  const isV4 = prefixOf(address, mappedBits) === 0xffffn;
  return isV4 ? `v4:${(address & 0xffffffffn).toString(16)}` : `v6:${prefixOf(address, v6Subscriber).toString(16)}`;
};
