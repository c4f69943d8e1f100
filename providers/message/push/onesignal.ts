import type { ChannelOutcome, MessageChannel, PushMessage } from '../channel.ts';
import type { Answered } from '../http/exchange.ts';
import { openExchanger } from '../http/exchange.ts';
import { fieldOf, jsonOf } from '../http/json.ts';
import { usualOutcome } from '../http/usual-outcome.ts';
import { collapseIdOf, isUuid, uuidOf } from './ids.ts';

export type OneSignalSettings = {
  appId: string;
  /** The app's API key, not the organisation's. */
  apiKey: string;
  baseUrl: string;
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  now?: () => number;
};

export const oneSignalDefaults = { baseUrl: 'https://api.onesignal.com', timeoutMs: 15_000 };

/** Push by OneSignal; a token is a subscription's id. The delivery is the `idempotency_key`, kept for 30 days: a repetition makes no second push. */
export const openOneSignal = async (settings: OneSignalSettings): Promise<MessageChannel<'push'>> => {
  const { apiKey, appId, baseUrl, timeoutMs, ca, now = Date.now } = settings;
  const exchanger = openExchanger({ reuse: true });
  const url = new URL('/notifications?c=push', baseUrl);
  const headers = { Authorization: `Key ${apiKey}`, 'Content-Type': 'application/json' };

  const send = async (message: PushMessage): Promise<ChannelOutcome> => {
    if (!isUuid(message.to.token)) return deadToken('invalid_subscription', 'That is no subscription of OneSignal.');
    const body = JSON.stringify({ app_id: appId, ...contentOf(message) });
    const usual = usualOutcome('OneSignal', await exchanger.post({ url, headers, body, timeoutMs, ca }), now());
    return 'outcome' in usual ? usual.outcome : outcomeOf(usual.answered);
  };

  const takes = ({ to }: PushMessage) => to.provider === 'onesignal';
  return { name: 'onesignal', channel: 'push', repeatable: true, takes, send, close: async () => exchanger.close() };
};

const contentOf = ({ to, title, body, url, data, badge, collapseKey, ttlSeconds, deliveryId }: PushMessage) => ({
  target_channel: 'push',
  include_subscription_ids: [to.token],
  idempotency_key: uuidOf(deliveryId),
  headings: { en: title },
  contents: { en: body },
  data: { ...data, deliveryId },
  ...(url === null ? {} : { url }),
  ...(badge === undefined ? {} : { ios_badgeType: 'SetTo', ios_badgeCount: badge }),
  ...(collapseKey === undefined ? {} : { collapse_id: collapseIdOf(collapseKey) }),
  ...(ttlSeconds === undefined ? {} : { ttl: ttlSeconds }),
});

const deadToken = (code: string, reason: string): ChannelOutcome => ({ status: 'rejected', code, permanent: true, reason, blame: 'recipient' });

const outcomeOf = ({ http, text }: Answered): ChannelOutcome => {
  const answer = jsonOf(text);
  const errors = fieldOf(answer, 'errors');
  if (http >= 200 && http < 300) return taken(fieldOf(answer, 'id'), errors);
  const reason = `OneSignal answered ${http}.`;
  const blame = [401, 403, 404].includes(http) ? 'configuration' : 'message';
  return { status: 'rejected', code: String(http), permanent: true, reason, blame };
};

/** A 200 with no id is no push. With one subscription to a message, errors beside an id say the same of it. */
const taken = (id: unknown, errors: unknown): ChannelOutcome => {
  const invalid = ['invalid_player_ids', 'invalid_subscription_ids', 'invalid_aliases'].some((name) => fieldOf(errors, name) !== undefined);
  if (invalid) return deadToken('invalid_subscription', 'OneSignal knows no such subscription.');
  if (typeof id === 'string' && id !== '') return { status: 'accepted', reference: id };
  if (id !== '' && errors === undefined) return { status: 'unknown', reason: "OneSignal's answer can't be read." };
  const isUnsubscribed = Array.isArray(errors) && errors.some((one) => typeof one === 'string' && /not subscribed/i.test(one));
  if (isUnsubscribed) return deadToken('not_subscribed', 'The device is no longer subscribed.');
  return { status: 'rejected', code: 'not_sent', permanent: true, reason: 'OneSignal took the request and made no message of it.', blame: 'message' };
};
