import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { type Answered, openExchanger } from '../http/exchange.ts';
import { isObject, objectOf, textOf } from '../http/json.ts';
import { keyCheck } from '../http/key-check.ts';
import { lost } from '../http/usual-outcome.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';
import { refused, type Verdict } from './refusals.ts';

export type MessageBirdSettings = {
  accessKey: string;
  /** A number with its country code, or up to 11 letters and digits. */
  originator: string;
  /** Where it reports to. Without, it reports to what the account says. */
  reportUrl?: string;
  baseUrl?: string;
  /** Of one call, its answer's body included, in milliseconds. */
  timeoutMs?: number;
};

/** Text messages by MessageBird's (now Bird's) REST API. It keeps our delivery as `reference`, but sends what comes twice twice. */
export const openMessageBird = async (settings: MessageBirdSettings): Promise<MessageChannel<'sms'>> => {
  const { accessKey, originator, reportUrl, baseUrl = 'https://rest.messagebird.com', timeoutMs = 15_000 } = settings;

  const exchanger = openExchanger({ reuse: true });

  const send = async ({ to, text, deliveryId }: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(to)) return noPhoneNumber;
    const body = { originator, recipients: [to.slice(1)], body: text, datacoding: 'auto', reference: deliveryId, ...(reportUrl && { reportUrl }) };
    const exchange = await exchanger.post({
      url: new URL('/messages', baseUrl),
      headers: { Authorization: `AccessKey ${accessKey}`, 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    });
    return exchange.status === 'answered' ? outcomeOf(exchange) : lost('MessageBird', exchange);
  };

  const check = async () =>
    keyCheck(
      await exchanger.get({ url: new URL('/balance', baseUrl), headers: { Authorization: `AccessKey ${accessKey}`, Accept: 'application/json' }, timeoutMs }),
    );
  return { name: 'messagebird', channel: 'sms', repeatable: false, send, check, close: async () => exchanger.close() };
};

const outcomeOf = ({ http, text, headers }: Answered): ChannelOutcome => {
  const { id, errors } = objectOf(text);
  if (http >= 200 && http < 300 && typeof id === 'string' && id !== '') return { status: 'accepted', reference: id };
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const { code, description, parameter } = isObject(first) ? first : {};
  // 9 and 10 are of any parameter: which one says whose fault it is.
  const verdict = parameter === 'recipients' || parameter === 'recipient' ? 'recipient' : parameter === 'originator' ? 'configuration' : 'message';
  return refused(
    { http, code: textOf(code) || null, words: textOf(description), retryAfter: headers['retry-after'] },
    { ...verdicts, '9': verdict, '10': verdict },
  );
};

// developers.messagebird.com/api/#api-errors
const verdicts: Readonly<Record<string, Verdict>> = {
  // The access key; there is no such thing; too little credit; no such API.
  '2': 'configuration',
  '20': 'configuration',
  '25': 'configuration',
  '98': 'configuration',
  '21': 'message',
  '99': 'unavailable',
};
