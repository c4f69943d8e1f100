import type { ChannelOutcome, MessageChannel, WebhookMessage } from '../channel.ts';
import { forbiddenAddress, guardedLookup, mayCall, type Resolve, systemResolve } from './addresses.ts';
import { type Exchange, openExchanger, retryAfterMs } from './exchange.ts';
import { keyOf, signedHeaders } from './signature.ts';

export type WebhookSettings = {
  /** From dialling to the answer's first line. */
  timeoutMs: number;
  /** Without TLS too. For development. */
  allowHttp: boolean;
  /** Receivers in networks of our own: loopback, private, CGNAT. Link-local and metadata addresses are refused even so. */
  allowOwnNetworks: boolean;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  resolve?: Resolve;
  now?: () => number;
};

export const webhookDefaults = { timeoutMs: 15_000, allowHttp: false, allowOwnNetworks: false };

/**
 * Webhooks to receivers whom others name, signed by Standard Webhooks. The id is the delivery's, so a receiver can tell a repetition. Each
 * try has a connection of its own, to an address that was checked; redirects aren't followed, and of the answer only the status counts.
 */
export const openWebhook = async (settings: WebhookSettings): Promise<MessageChannel<'webhook'>> => {
  const { timeoutMs, allowOwnNetworks, ca, resolve = systemResolve, now = Date.now } = settings;
  const allow = { own: allowOwnNetworks };
  const lookup = guardedLookup(resolve, allow);
  const exchanger = openExchanger({ reuse: false });

  const send = async ({ deliveryId, url, secrets, type, payload }: WebhookMessage): Promise<ChannelOutcome> => {
    const target = targetOf(url, settings);
    if (typeof target === 'string') return { status: 'rejected', code: target, permanent: true, reason: faults[target], blame: 'recipient' };
    const keys = secrets.map(keyOf).filter((key) => key !== undefined);
    if (keys.length === 0 || keys.length < secrets.length) {
      return { status: 'rejected', code: 'invalid_secret', permanent: true, reason: 'A secret is no whsec_ key.', blame: 'message' };
    }
    const body = JSON.stringify({ type, timestamp: new Date(now()).toISOString(), data: payload });
    const headers = { 'Content-Type': 'application/json', ...signedHeaders(deliveryId, Math.floor(now() / 1_000), body, keys) };
    return outcomeOf(await exchanger.post({ url: target, headers, body, timeoutMs, ca, lookup, maxAnswerBytes: 0 }), deliveryId, now());
  };

  // Each receiver speaks for itself.
  const limitedBy = ({ url }: WebhookMessage) => URL.parse(url)?.host ?? '';
  return { name: 'webhook', channel: 'webhook', repeatable: true, limitedBy, send, close: async () => exchanger.close() };
};

const faults = {
  invalid_url: 'The address is no URL that can be called, or holds credentials.',
  insecure_url: 'The address is without TLS.',
  forbidden_address: 'The address leads into a private, link-local or otherwise reserved network.',
};

/** Addresses written as numbers are never resolved, so they are checked here. */
const targetOf = (text: string, { allowHttp, allowOwnNetworks }: WebhookSettings): URL | keyof typeof faults => {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return 'invalid_url';
  if (url.protocol === 'http:' && !allowHttp) return 'insecure_url';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$|:/.test(host);
  return isAddress && !mayCall(host, { own: allowOwnNetworks }) ? 'forbidden_address' : url;
};

/** By Standard Webhooks, "Operational considerations": only 2xx is success, 410 ends the subscription, everything else is tried again. */
const outcomeOf = (exchange: Exchange, deliveryId: string, now: number): ChannelOutcome => {
  if (exchange.status === 'unknown') return { status: 'unknown', reason: `The receiver gave no answer ${exchange.reason}` };
  if (exchange.status === 'not_sent') {
    if (exchange.reason === forbiddenAddress) {
      return { status: 'rejected', code: 'forbidden_address', permanent: true, reason: faults.forbidden_address, blame: 'recipient' };
    }
    return { status: 'unavailable', reason: `The receiver can't be reached: ${exchange.reason}` };
  }
  const { http, headers } = exchange;
  const reason = `The receiver answered ${http}.`;
  if (http >= 200 && http < 300) return { status: 'accepted', reference: deliveryId };
  if (http === 410) return { status: 'rejected', code: '410', permanent: true, reason, blame: 'recipient' };
  const after = retryAfterMs(headers['retry-after'], now);
  if (http === 429 || (http === 503 && after !== null)) return { status: 'throttled', retryAfterMs: after, reason };
  return http >= 500 || http === 408 ? { status: 'unavailable', reason } : { status: 'rejected', code: String(http), permanent: false, reason };
};
