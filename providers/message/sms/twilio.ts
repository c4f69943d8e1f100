import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { type Answered, type Exchanger, openExchanger } from '../http/exchange.ts';
import { isObject, objectOf } from '../http/json.ts';
import { keyCheck } from '../http/key-check.ts';
import { lost } from '../http/usual-outcome.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';
import { refused } from './refusals.ts';
import { verdicts } from './twilio-codes.ts';

export type TwilioSettings = {
  accountSid: string;
  authToken: string;
  /** A number in E.164, a sender's name, or a messaging service (`MG…`). */
  from: string;
  /** Where Twilio reports to; the delivery is added to its query as `delivery_id`. */
  statusCallback?: string;
  baseUrl?: string;
  /** Of one call, its answer's body included, in milliseconds. */
  timeoutMs?: number;
};

const defaultBaseUrl = 'https://api.twilio.com';

/** Text messages by Twilio's Messages resource (API 2010-04-01), which knows no idempotency keys. Loads its library. */
export const openTwilio = async (settings: TwilioSettings): Promise<MessageChannel<'sms'>> => {
  const exchanger = openExchanger({ reuse: true });
  const messages = await openMessages(settings, exchanger);
  const { from, statusCallback } = settings;
  const sender = /^MG[0-9a-f]{32}$/i.test(from) ? { messagingServiceSid: from } : { from };

  const send = async ({ to, text, deliveryId }: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(to)) return noPhoneNumber;
    try {
      const callback = statusCallback === undefined ? {} : { statusCallback: withDelivery(statusCallback, deliveryId) };
      const { sid } = await messages.create({ to, body: text, ...sender, ...callback });
      return { status: 'accepted', reference: sid };
    } catch (error) {
      // Of the library's own faults none comes after the request: its answer was checked before.
      return isEnd(error) ? error.outcome : { status: 'unavailable', reason: 'the library made no request of it' };
    }
  };

  const check = async () => keyCheck(await exchanger.get(accountOf(settings)));
  return { name: 'twilio', channel: 'sms', repeatable: false, send, check, close: async () => exchanger.close() };
};

const withDelivery = (address: string, deliveryId: string): string => {
  const url = new URL(address);
  url.searchParams.set('delivery_id', deliveryId);
  return url.href;
};

const authorizationOf = (accountSid: string, authToken: string): string => `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** The account itself: whoever has its token may look at it. */
const accountOf = ({ accountSid, authToken, baseUrl = defaultBaseUrl, timeoutMs = 15_000 }: TwilioSettings) => ({
  url: new URL(`/2010-04-01/Accounts/${accountSid}.json`, baseUrl),
  headers: { Authorization: authorizationOf(accountSid, authToken) },
  timeoutMs,
});

type End = Error & { outcome: ChannelOutcome };
const isEnd = (error: unknown): error is End => error instanceof Error && 'outcome' in error;
const end = (outcome: ChannelOutcome): End => Object.assign(new Error(outcome.status), { outcome });

const openMessages = async ({ accountSid, authToken, baseUrl = defaultBaseUrl, timeoutMs = 15_000 }: TwilioSettings, { post }: Exchanger) => {
  const { default: twilio } = await import('twilio');
  const authorization = authorizationOf(accountSid, authToken);
  // The library's own client knows only how long a socket may be idle, and doesn't tell a request that was lost from one that wasn't sent.
  const httpClient = Object.assign(new twilio.RequestClient({ autoRetry: false }), {
    request: async ({ uri, data, headers }: { uri: string; data?: unknown; headers?: unknown }) => {
      const { pathname, search } = new URL(uri);
      const exchange = await post({
        url: new URL(pathname + search, baseUrl),
        headers: { ...textsOf(headers), Authorization: authorization },
        body: new URLSearchParams(textsOf(data)).toString(),
        timeoutMs,
      });
      if (exchange.status !== 'answered') throw end(lost('Twilio', exchange));
      return { statusCode: exchange.http, body: created(exchange), headers: {} };
    },
  });
  // Neither region nor edge from the environment.
  return new twilio.Twilio(accountSid, authToken, { httpClient, region: '', edge: '' }).messages;
};

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([name, one]) => [name, String(one)]));

/** The message that an answer says was made; throws the end that it is otherwise. */
const created = ({ http, text, headers }: Answered) => {
  const body = objectOf(text);
  if (http >= 200 && http < 300 && typeof body.sid === 'string') return body;
  const code = typeof body.code === 'number' ? String(body.code) : null;
  throw end(refused({ http, code, words: typeof body.message === 'string' ? body.message : '', retryAfter: headers['retry-after'] }, verdicts));
};
