import type { OutgoingHttpHeaders } from 'node:http2';
import type { ChannelOutcome, MessageChannel, PushMessage } from '../channel.ts';
import { codeIn, fieldOf, jsonOf } from '../http/json.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { apnsPayload } from './apns-payload.ts';
import { apnsRefusal } from './apns-refusal.ts';
import { type Http2Exchange, openHttp2 } from './http2-exchange.ts';
import { collapseIdOf, uuidOf } from './ids.ts';

export type ApnsSettings = {
  /** The key of the `.p8` file, in PEM. */
  privateKey: string;
  keyId: string;
  teamId: string;
  /** The app's bundle id. */
  topic: string;
  /** `https://api.push.apple.com`, or `https://api.sandbox.push.apple.com` for builds of developers. */
  origin: string;
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  now?: () => number;
};

export const apnsDefaults = { origin: 'https://api.push.apple.com', timeoutMs: 15_000 };

/**
 * Push to Apple's devices over HTTP/2, with a provider token. The `apns-id` derives from the delivery, but Apple doesn't promise to drop a
 * repetition.
 */
export const openApns = async (settings: ApnsSettings): Promise<MessageChannel<'push'>> => {
  const { origin, timeoutMs, ca, now = Date.now } = settings;
  const tokens = await openProviderToken(settings, now);
  const http2 = openHttp2({ origin, timeoutMs, ca });

  const send = async (message: PushMessage): Promise<ChannelOutcome> => {
    // It becomes a part of the path.
    if (!/^[0-9a-fA-F]{64,200}$/.test(message.to.token)) {
      return { status: 'rejected', code: 'BadDeviceToken', permanent: true, reason: 'That is no device token of Apple.', blame: 'recipient' };
    }
    const headers = { ...headersOf(message, settings.topic, now()), authorization: `bearer ${await tokens.get()}` };
    const outcome = outcomeOf(await http2.post(headers, JSON.stringify(apnsPayload(message))), now());
    if ('reason' in outcome && outcome.reason.includes('ExpiredProviderToken')) tokens.forget();
    return outcome;
  };

  const takes = ({ to }: PushMessage) => to.provider === 'apns';
  return { name: 'apns', channel: 'push', repeatable: false, takes, send, close: http2.close };
};

const outcomeOf = (exchange: Http2Exchange, now: number): ChannelOutcome => {
  if (exchange.status === 'not_sent') return { status: 'unavailable', reason: `Apple can't be reached: ${exchange.reason}` };
  if (exchange.status === 'unknown') return { status: 'unknown', reason: `Apple gave no answer ${exchange.reason}` };
  const { http, headers, text } = exchange;
  const id = headers['apns-id'];
  if (http === 200)
    return typeof id === 'string' && id !== '' ? { status: 'accepted', reference: id } : { status: 'unknown', reason: "Apple's answer names no message." };
  const [reason, timestamp] = [codeIn(fieldOf(jsonOf(text), 'reason')), fieldOf(jsonOf(text), 'timestamp')];
  const after = headers['retry-after'];
  const since = typeof timestamp === 'number' && Math.abs(timestamp) < 8.64e15 ? timestamp : undefined;
  return apnsRefusal({ http, reason, timestamp: since, retryAfterMs: retryAfterMs(after, now) });
};

const headersOf = ({ to, deliveryId, collapseKey, ttlSeconds }: PushMessage, topic: string, now: number): OutgoingHttpHeaders => ({
  ':path': `/3/device/${to.token}`,
  'apns-topic': topic,
  'apns-push-type': 'alert',
  'apns-priority': '10',
  'apns-id': uuidOf(deliveryId),
  ...(ttlSeconds === undefined ? {} : { 'apns-expiration': String(Math.floor(now / 1_000) + ttlSeconds) }),
  ...(collapseKey === undefined ? {} : { 'apns-collapse-id': collapseIdOf(collapseKey) }),
});

// Apple takes a token for an hour, and refuses a new one more often than every 20 minutes.
const tokenLifeMs = 40 * 60_000;

const openProviderToken = async ({ privateKey, keyId, teamId }: ApnsSettings, now: () => number) => {
  const { importPKCS8, SignJWT } = await import('jose');
  const key = await importPKCS8(privateKey, 'ES256');
  let held: { token: Promise<string>; until: number } | undefined;
  const sign = (): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(Math.floor(now() / 1_000))
      .sign(key);
  return {
    get: (): Promise<string> => {
      if (!held || now() >= held.until) held = { token: sign(), until: now() + tokenLifeMs };
      return held.token;
    },
    forget: () => {
      held = undefined;
    },
  };
};
