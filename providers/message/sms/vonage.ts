import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { type Answered, openExchanger } from '../http/exchange.ts';
import { isObject, objectOf, textOf } from '../http/json.ts';
import { lost } from '../http/usual-outcome.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';
import { refused, type Verdict } from './refusals.ts';
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

  const exchanger = openExchanger({ reuse: true });

  const send = async ({ to, text, deliveryId }: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(to)) return noPhoneNumber;
    const exchange = await exchanger.post({
      url: new URL('/v1/messages', baseUrl),
      headers: { Authorization: authorization, 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ channel: 'sms', message_type: 'text', to: to.slice(1), from: from.replace(/^\+/, ''), text, client_ref: deliveryId }),
      timeoutMs,
    });
    return exchange.status === 'answered' ? outcomeOf(exchange) : lost('Vonage', exchange);
  };

  return { name: 'vonage', channel: 'sms', repeatable: false, send, close: async () => exchanger.close() };
};

const outcomeOf = ({ http, text, headers }: Answered): ChannelOutcome => {
  const { message_uuid: id, type, title, detail, invalid_parameters: wrong } = objectOf(text);
  if (http >= 200 && http < 300 && typeof id === 'string' && id !== '') return { status: 'accepted', reference: id };
  const code = /#(.+)$/.exec(textOf(type))?.[1] ?? null;
  const words = [title, detail].map(textOf).filter((one) => one !== '');
  const named = Array.isArray(wrong) ? wrong.map((one: unknown) => (isObject(one) ? textOf(one.name) : '')) : [];
  const blamed = byParameter(named);
  return refused(
    { http, code, words: words.join(': '), retryAfter: headers['retry-after'] },
    code !== null && blamed ? { ...verdicts, [code]: blamed } : verdicts,
  );
};

/** Some codes are of any parameter: which one says whose fault it is. */
const byParameter = (names: readonly string[]): Verdict | undefined => {
  if (names.includes('to')) return 'recipient';
  return names.includes('from') ? 'configuration' : undefined;
};
