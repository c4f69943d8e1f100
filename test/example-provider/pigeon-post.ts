import { createHmac, timingSafeEqual } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ChannelOutcome, MessageChannel, ReceiptWebhooks, SmsMessage } from '../../providers/message/channel.ts';
import { type Answered, openExchanger } from '../../providers/message/http/exchange.ts';
import { codeIn, fieldOf, jsonOf } from '../../providers/message/http/json.ts';
import { usualOutcome } from '../../providers/message/http/usual-outcome.ts';
import { isPhoneNumber, noPhoneNumber } from '../../providers/message/sms/number.ts';

export type PigeonPostSettings = { apiKey: string; baseUrl: string; timeoutMs: number };

/** Text messages by a vendor that doesn't exist: the smallest adapter that keeps the contract (docs/adding-a-channel-provider.md). */
export const openPigeonPost = async ({ apiKey, baseUrl, timeoutMs }: PigeonPostSettings): Promise<MessageChannel<'sms'>> => {
  const exchanger = openExchanger({ reuse: true });
  const url = new URL('/letters', baseUrl);
  const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' };

  const send = async ({ to, text, deliveryId }: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(to)) return noPhoneNumber;
    const body = JSON.stringify({ to, text, reference: deliveryId });
    const usual = usualOutcome('Pigeon Post', await exchanger.post({ url, headers, body, timeoutMs }), Date.now());
    return 'outcome' in usual ? usual.outcome : outcomeOf(usual.answered);
  };

  return { name: 'pigeonpost', channel: 'sms', repeatable: false, send, close: async () => exchanger.close() };
};

/** Its codes, each with whose fault it is; what it adds one day is the message's. */
const blames: ReadonlyMap<string, 'recipient' | 'destination' | 'configuration'> = new Map([
  ['no_such_number', 'recipient'],
  ['beyond_the_sea', 'destination'],
  ['bad_key', 'configuration'],
]);

const outcomeOf = ({ http, text }: Answered): ChannelOutcome => {
  const answer = jsonOf(text);
  const id = fieldOf(answer, 'id');
  if (http < 300)
    return typeof id === 'string' && id !== '' ? { status: 'accepted', reference: id } : { status: 'unknown', reason: 'The answer names no letter.' };
  const code = codeIn(fieldOf(answer, 'error')) ?? String(http);
  return { status: 'rejected', code, permanent: true, reason: `Pigeon Post answered ${http}, ${code}.`, blame: blames.get(code) ?? 'message' };
};

const Report = Compile(
  Type.Object({
    event: Type.String({ minLength: 1 }),
    letter: Type.String({ minLength: 1 }),
    at: Type.String({ minLength: 1 }),
    fate: Type.Union([Type.Literal('arrived'), Type.Literal('lost')]),
  }),
);

/** Its reports: HMAC-SHA256 of the body in hex, in the header `pigeon-signature`. */
export const pigeonPostReceipts = (secret: string): ReceiptWebhooks => ({
  verify: async ({ body, headers: { 'pigeon-signature': given } }) => {
    const right = createHmac('sha256', secret).update(body).digest('hex');
    const same = typeof given === 'string' && given.length === right.length && timingSafeEqual(Buffer.from(given), Buffer.from(right));
    return same ? { verified: true } : { invalid: 'the signature is not that of this body' };
  },
  read: (body) => {
    const report = jsonOf(body);
    if (!Report.Check(report)) return { receipts: [] };
    const { event: eventId, letter: reference, at, fate } = report;
    return { receipts: [fate === 'arrived' ? { reference, eventId, at, what: 'delivered' } : { reference, eventId, at, what: 'bounced', permanent: false }] };
  },
});
