import type { ChannelCheck, ChannelOutcome, MessageChannel, PushMessage } from '../channel.ts';
import { openExchanger } from '../http/exchange.ts';
import { fieldOf, jsonOf } from '../http/json.ts';
import { usualOutcome } from '../http/usual-outcome.ts';
import { fcmContent } from './fcm-content.ts';
import { fcmRefusal } from './fcm-refusal.ts';
import { openGoogleToken, type ServiceAccount } from './google-token.ts';

export type FcmSettings = {
  account: ServiceAccount;
  baseUrl: string;
  tokenUrl: string;
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  now?: () => number;
};

export const fcmDefaults = { baseUrl: 'https://fcm.googleapis.com', tokenUrl: 'https://oauth2.googleapis.com/token', timeoutMs: 15_000 };

/**
 * Push by Firebase Cloud Messaging's HTTP v1 API. Without the sender of `firebase-admin`: that tries four times more after a 503 or a lost
 * connection, can't be told not to, and always asks Google itself for tokens. A repeated message would be shown twice.
 */
export const openFcm = async (settings: FcmSettings): Promise<MessageChannel<'push'>> => {
  const { account, baseUrl, tokenUrl, timeoutMs, ca, now = Date.now } = settings;
  const exchanger = openExchanger({ reuse: true });
  const tokens = await openGoogleToken({ account, tokenUrl, timeoutMs, ca, now }, exchanger);
  const url = new URL(`/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`, baseUrl);

  const send = async (message: PushMessage): Promise<ChannelOutcome> => {
    const access = await tokens.get();
    if ('outcome' in access) return access.outcome;
    const headers = { Authorization: `Bearer ${access.token}`, 'Content-Type': 'application/json' };
    const exchange = await exchanger.post({
      url,
      headers,
      body: JSON.stringify({ message: { token: message.to.token, ...fcmContent(message, now()) } }),
      timeoutMs,
      ca,
    });
    const usual = usualOutcome('Firebase', exchange, now());
    if ('outcome' in usual) return usual.outcome;
    const { http, text } = usual.answered;
    if (http >= 200 && http < 300) return accepted(text);
    if (http === 401) tokens.forget();
    // A token that was taken back before its time: the next try has another.
    if (http === 401 && !access.fresh) return { status: 'unavailable', reason: 'Firebase no longer takes the access token.' };
    return fcmRefusal(http, text);
  };

  // Google gives no token for a key that is wrong.
  const check = async (): Promise<ChannelCheck> => {
    const access = await tokens.get();
    if ('token' in access) return { status: 'ok' };
    const { outcome } = access;
    const reason = 'reason' in outcome ? outcome.reason : 'no reason given';
    return { status: outcome.status === 'rejected' ? 'misconfigured' : 'unreachable', reason };
  };
  const takes = ({ to }: PushMessage) => to.provider === 'fcm';
  return { name: 'fcm', channel: 'push', repeatable: false, takes, send, check, close: async () => exchanger.close() };
};

const accepted = (text: string): ChannelOutcome => {
  const name = fieldOf(jsonOf(text), 'name');
  if (typeof name === 'string' && name !== '') return { status: 'accepted', reference: name };
  return { status: 'unknown', reason: "Firebase's answer can't be read." };
};
