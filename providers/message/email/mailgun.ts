import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EmailMessage, MessageChannel } from '../channel.ts';
import { type Answered, type Exchanger, openExchanger } from '../http/exchange.ts';
import { jsonOf } from '../http/json.ts';
import { carrying, succeeded } from '../http/library.ts';
import { httpFailure, type Refusal } from './http-failure.ts';
import { bare } from './mailgun-receipts.ts';
import { faultOf, headersOf } from './outgoing.ts';

export type MailgunSettings = {
  /** A sending key of the domain. */
  apiKey: string;
  /** The domain that is verified with Mailgun. */
  domain: string;
  from: { name: string; address: string };
  /** `https://api.eu.mailgun.net` for domains of that region. */
  baseUrl?: string;
  connectTimeoutMs?: number;
  /** Of one call, its answer included, in milliseconds. */
  timeoutMs?: number;
};

/** E-mail through Mailgun's v3 API. Loads `mailgun.js`. The reference is the message's Message-ID, without its angle brackets. */
export const openMailgun = async (settings: MailgunSettings): Promise<MessageChannel<'email'>> => {
  const exchanger = openExchanger({ reuse: true });
  const mailgun = await openLibrary(settings, exchanger);

  const send = async (message: EmailMessage) => {
    const fault = faultOf(message);
    if (fault) return fault;
    try {
      const { id } = await mailgun.messages.create(settings.domain, dataOf(message, settings));
      return id ? ({ status: 'accepted', reference: bare(id) } as const) : ({ status: 'unknown', reason: 'Mailgun answered without an id.' } as const);
    } catch (error) {
      return httpFailure({ name: 'Mailgun', refusalIn }, error);
    }
  };

  return {
    name: 'mailgun',
    channel: 'email',
    repeatable: false,
    send,
    close: async () => exchanger.close(),
  };
};

const Accepted = Compile(Type.Object({ id: Type.String({ minLength: 1 }) }));

/** Its own client makes a 400 of a lost connection: it builds the form, the exchange is ours. */
const openLibrary = async (settings: MailgunSettings, { post }: Exchanger) => {
  const { apiKey, baseUrl = 'https://api.mailgun.net', connectTimeoutMs = 10_000, timeoutMs = 30_000 } = settings;
  const { default: Mailgun } = await import('mailgun.js');
  const mailgun = new Mailgun(FormData).client({ username: 'api', key: apiKey, url: baseUrl });
  const authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
  mailgun.request.requestProvider = {
    makeRequest: async (url, _method, data) => {
      const form = new Response(formIn(data));
      const body = new Uint8Array(await form.arrayBuffer());
      const headers = { authorization, 'content-type': form.headers.get('content-type') ?? '' };
      const exchange = await post({ url: new URL(url), headers, body, connectTimeoutMs, timeoutMs });
      if (!succeeded(exchange)) throw carrying(exchange);
      const answer = jsonOf(exchange.text);
      return { status: exchange.http, body: Accepted.Check(answer) ? answer : {} };
    },
    setSubAccountHeader: () => {},
    resetSubAccountHeader: () => {},
  };
  return mailgun;
};

const formIn = (data: unknown): FormData => {
  if (typeof data === 'object' && data !== null && 'data' in data && data.data instanceof FormData) return data.data;
  throw new Error('Mailgun’s library built no form');
};

const dataOf = (message: EmailMessage, { from }: MailgunSettings) => ({
  from: `"${from.name.replaceAll(/["\\]/g, '\\$&')}" <${from.address}>`,
  to: message.to,
  subject: message.subject,
  ...bodyOf(message),
  ...Object.fromEntries(Object.entries(headersOf(message)).map(([name, value]) => [`h:${name}`, value])),
  ...(message.replyTo === undefined ? {} : { 'h:Reply-To': message.replyTo }),
  'v:delivery_id': message.deliveryId,
  'v:notification_id': message.notificationId,
  ...(message.attachments?.length
    ? {
        attachment: message.attachments.map(
          ({ filename, contentType, content }) => new File([Buffer.from(content, 'base64')], filename, { type: contentType }),
        ),
      }
    : {}),
});

const bodyOf = ({ text, html }: EmailMessage): { text: string } | { html: string; text?: string } => {
  if (!html) return { text: text ?? '' };
  return text ? { text, html } : { html };
};

const Problem = Compile(Type.Object({ message: Type.String() }));

/** Mailgun's errors have no code, only words: https://documentation.mailgun.com/docs/mailgun/api-reference/api-overview#errors */
const refusalIn = ({ http, text }: Answered): Refusal => {
  const body = jsonOf(text);
  const words = Problem.Check(body) ? body.message : 'no reason given';
  if (http === 401 || http === 403) return { code: 'unauthorized', words, blame: 'configuration' };
  // 404: no such domain; 402: the account isn't paid for.
  if (http === 402 || http === 404) return { code: http === 404 ? 'not_found' : 'unpaid', words, blame: 'configuration' };
  if (/^'?to'? parameter is not a valid address|recipient .*(not|in)valid/i.test(words)) return { code: 'invalid_recipient', words, blame: 'recipient' };
  // A test domain writes to those alone that have agreed.
  if (/sandbox/i.test(words)) return { code: 'sandbox_domain', words, blame: 'destination' };
  if (/^'?from'? parameter|domain .*(disabled|not verified|unverified)|account .*disabled/i.test(words))
    return { code: 'invalid_sender', words, blame: 'configuration' };
  return { code: http === 413 ? 'too_large' : 'bad_request', words, blame: 'message' };
};
