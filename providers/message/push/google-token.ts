import type { ChannelOutcome } from '../channel.ts';
import type { Exchanger } from '../http/exchange.ts';
import { fieldOf, jsonOf } from '../http/json.ts';
import { usualOutcome } from '../http/usual-outcome.ts';

/** Of a service account's key file. `privateKey`: PKCS #8 in PEM. */
export type ServiceAccount = { projectId: string; clientEmail: string; privateKey: string };

export type TokenSettings = { account: ServiceAccount; tokenUrl: string; timeoutMs: number; ca?: string | undefined; now: () => number };

export type Access = { token: string /** Asked for just now. */; fresh: boolean } | { outcome: ChannelOutcome };
export type GoogleToken = { get: () => Promise<Access>; forget: () => void };

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const lifetimeSeconds = 3_600;
// A token that runs out on its way is of no use.
const marginMs = 60_000;

/** Access tokens of Google for a service account (RFC 7523), kept until shortly before they end; those who ask meanwhile share one request. */
export const openGoogleToken = async (settings: TokenSettings, exchanger: Exchanger): Promise<GoogleToken> => {
  const assert = await openAssertion(settings);
  let held: { token: string; until: number } | undefined;
  let asking: Promise<Access> | undefined;

  const ask = async (): Promise<Access> => {
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await assert() }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const exchange = await exchanger.post({ url: new URL(settings.tokenUrl), headers, body, timeoutMs: settings.timeoutMs, ca: settings.ca });
    const usual = usualOutcome('Google', exchange, settings.now());
    // Whatever became of the request for a token, the message has not been sent.
    if ('outcome' in usual) return usual.outcome.status === 'unknown' ? { outcome: { ...usual.outcome, status: 'unavailable' } } : usual;
    const { http, text } = usual.answered;
    const [token, expiresIn] = [fieldOf(jsonOf(text), 'access_token'), fieldOf(jsonOf(text), 'expires_in')];
    if (http !== 200) return { outcome: lockedOut(http) };
    if (typeof token !== 'string' || typeof expiresIn !== 'number') return { outcome: { status: 'unavailable', reason: 'Google gave no token.' } };
    held = { token, until: settings.now() + expiresIn * 1_000 - marginMs };
    return { token, fresh: true };
  };

  return {
    get: async () => {
      if (held && settings.now() < held.until) return { token: held.token, fresh: false };
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    forget: () => {
      held = undefined;
    },
  };
};

const lockedOut = (http: number): ChannelOutcome => ({
  status: 'rejected',
  code: 'no_access',
  permanent: true,
  reason: `Google gives the service account no token: ${http}.`,
  blame: 'configuration',
});

const openAssertion = async ({ account, tokenUrl, now }: TokenSettings): Promise<() => Promise<string>> => {
  const { importPKCS8, SignJWT } = await import('jose');
  const key = await importPKCS8(account.privateKey, 'RS256');
  return () => {
    const seconds = Math.floor(now() / 1_000);
    return new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(account.clientEmail)
      .setAudience(tokenUrl)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + lifetimeSeconds)
      .sign(key);
  };
};
