import { mayCall } from './addresses.ts';

export type Allowed = {
  /** Without TLS too. For development. */
  allowHttp: boolean;
  /** Receivers in networks of our own: loopback, private, CGNAT. Link-local and metadata addresses are refused even so. */
  allowOwnNetworks: boolean;
};

export const targetFaults = {
  invalid_url: 'The address is no URL that can be called, or holds credentials.',
  insecure_url: 'The address is without TLS.',
  forbidden_port: 'The address names a port on which no receiver of webhooks listens.',
  forbidden_address: 'The address leads into a private, link-local or otherwise reserved network.',
};
export type TargetFault = keyof typeof targetFaults;

/** Of the WHATWG Fetch Standard's bad ports, those above 1023: other protocols live there. */
const otherProtocols = new Set([1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080]);
const isSanePort = (port: string): boolean => ['', '80', '443'].includes(port) || (Number(port) > 1_023 && !otherProtocols.has(Number(port)));

/** The URL that may be called, or what is wrong with it. Addresses written as numbers are never resolved, so they are checked here. */
export const targetOf = (text: string, { allowHttp, allowOwnNetworks }: Allowed): URL | TargetFault => {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return 'invalid_url';
  if (url.protocol === 'http:' && !allowHttp) return 'insecure_url';
  if (!isSanePort(url.port)) return 'forbidden_port';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$|:/.test(host);
  return isAddress && !mayCall(host, { own: allowOwnNetworks }) ? 'forbidden_address' : url;
};
