import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { type Answered, post } from './exchange.ts';
import { isObject, objectOf, textOf } from './json.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';
import { lost, refused, type Verdict } from './refusals.ts';
import { verdicts } from './vonage-codes.ts';

export type VonageSettings = {
  apiKey: string;
  apiSecret: string;
  /** A number with its country code, or a sender's name. */
  from: string;
  baseUrl?: string;
  /** Of one call, its answer's body included, in milliseconds. */
  timeoutMs?: number;
};

/** Text messages by Vonage's Messages API v1. It keeps our delivery as `client_ref`, but sends what comes twice twice. */
export const openVonage = async (settings: VonageSettings): Promise<MessageChannel<'sms'>> => {
  const { apiKey, apiSecret, from, baseUrl = 'https://api.nexmo.com', timeoutMs = 15_000 } = settings;
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`;

  const send = async ({ to, text, deliveryId }: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(to)) return noPhoneNumber;
    const exchange = await post({
      url: new URL('/v1/messages', baseUrl).href,
      headers: { Authorization: authorization, 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ channel: 'sms', message_type: 'text', to: to.slice(1), from: from.replace(/^\+/, ''), text, client_ref: deliveryId }),
      timeoutMs,
    });
    return exchange.status === 'answered' ? outcomeOf(exchange) : lost(exchange);
  };

  return { name: 'vonage', channel: 'sms', repeatable: false, send, close: async () => {} };
};

const outcomeOf = ({ http, text, retryAfter }: Answered): ChannelOutcome => {
  const { message_uuid: id, type, title, detail, invalid_parameters: wrong } = objectOf(text);
  if (http >= 200 && http < 300 && typeof id === 'string' && id !== '') return { status: 'accepted', reference: id };
  const code = /#(.+)$/.exec(textOf(type))?.[1] ?? null;
  const words = [title, detail].map(textOf).filter((one) => one !== '');
  const named = Array.isArray(wrong) ? wrong.map((one: unknown) => (isObject(one) ? textOf(one.name) : '')) : [];
  const blamed = byParameter(named);
  return refused({ http, code, words: words.join(': '), retryAfter }, code !== null && blamed ? { ...verdicts, [code]: blamed } : verdicts);
};

/** Some codes are of any parameter: which one says whose fault it is. */
const byParameter = (names: readonly string[]): Verdict | undefined => {
  if (names.includes('to')) return 'recipient';
  return names.includes('from') ? 'configuration' : undefined;
};
