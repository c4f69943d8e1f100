import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EmailMessage, MessageChannel } from '../channel.ts';
import { type Answered, type Exchanger, openExchanger } from '../http/exchange.ts';
import { jsonOf } from '../http/json.ts';
import { keyCheck } from '../http/key-check.ts';
import { carrying, succeeded } from '../http/library.ts';
import { httpFailure, type Refusal } from './http-failure.ts';
import { faultOf, headersOf } from './outgoing.ts';

export type SendgridSettings = {
  /** `SG.…`, with the right to send mail and no other. */
  apiKey: string;
  from: { name: string; address: string };
  /** `https://api.eu.sendgrid.com` for accounts of that region. */
  baseUrl?: string;
  connectTimeoutMs?: number;
  /** Of one call, its answer included, in milliseconds. */
  timeoutMs?: number;
};

/** E-mail through SendGrid's v3 API. Loads `@sendgrid/mail`. The reference is SendGrid's message id, with which its events' ids begin. */
export const openSendgrid = async (settings: SendgridSettings): Promise<MessageChannel<'email'>> => {
  const exchanger = openExchanger({ reuse: true });
  const mail = await openLibrary(settings, exchanger);

  const send = async (message: EmailMessage) => {
    const fault = faultOf(message);
    if (fault) return fault;
    try {
      const [{ headers }] = await mail.send(mailOf(message, settings));
      const reference: unknown = headers['x-message-id'];
      return typeof reference === 'string' && reference !== ''
        ? ({ status: 'accepted', reference } as const)
        : ({ status: 'unknown', reason: 'SendGrid answered without a message id.' } as const);
    } catch (error) {
      return httpFailure({ name: 'SendGrid', refusalIn }, error);
    }
  };

  return {
    name: 'sendgrid',
    channel: 'email',
    repeatable: false,
    send,
    // Any key may ask what it may do.
    check: async () =>
      keyCheck(
        await exchanger.get({
          url: new URL('/v3/scopes', settings.baseUrl ?? 'https://api.sendgrid.com'),
          headers: { authorization: `Bearer ${settings.apiKey}` },
          timeoutMs: settings.timeoutMs ?? 30_000,
        }),
      ),
    close: async () => exchanger.close(),
  };
};

/** Its own client follows redirects and hides whether there was a connection: it builds the request, the exchange is ours. */
const openLibrary = async (settings: SendgridSettings, { post }: Exchanger) => {
  const { apiKey, baseUrl = 'https://api.sendgrid.com', connectTimeoutMs = 10_000, timeoutMs = 30_000 } = settings;
  const { default: shared } = await import('@sendgrid/mail');
  // Its types name only the instance that a whole process shares; this one is ours, with the client that its constructor makes.
  const mail: typeof shared = Reflect.construct(shared.constructor, []);
  const client: { request: unknown } = Reflect.get(mail, 'client');
  client.request = async ({ url, body }: { url: string; body: unknown }) => {
    const exchange = await post({
      url: new URL(`${baseUrl}${url}`),
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      connectTimeoutMs,
      timeoutMs,
    });
    if (!succeeded(exchange)) throw carrying(exchange);
    return [{ statusCode: exchange.http, body: {}, headers: exchange.headers }, {}];
  };
  return mail;
};

type Part = { type: string; value: string };
/** The plain text first, as SendGrid asks. */
const bodyOf = ({ text, html }: EmailMessage): [Part, ...Part[]] => {
  const markup = { type: 'text/html', value: html ?? '' };
  if (!text) return [markup];
  const plain = { type: 'text/plain', value: text };
  return html ? [plain, markup] : [plain];
};

const off = { enable: false };

const mailOf = (message: EmailMessage, { from }: SendgridSettings) => ({
  from: { name: from.name, email: from.address },
  personalizations: [{ to: message.to, customArgs: { delivery_id: message.deliveryId, notification_id: message.notificationId } }],
  subject: message.subject,
  content: bodyOf(message),
  headers: headersOf(message),
  // Else SendGrid would add a footer and a List-Unsubscribe of its own beside ours.
  trackingSettings: { subscriptionTracking: off },
  ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
  ...(message.attachments?.length
    ? { attachments: message.attachments.map(({ filename, contentType, content }) => ({ filename, type: contentType, content, disposition: 'attachment' })) }
    : {}),
});

const Problem = Compile(
  Type.Object({ errors: Type.Array(Type.Object({ message: Type.String(), field: Type.Optional(Type.Union([Type.String(), Type.Null()])) }), { minItems: 1 }) }),
);

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors */
const refusalIn = ({ http, text }: Answered): Refusal => {
  const body = jsonOf(text);
  const [first] = Problem.Check(body) ? body.errors : [];
  const field = first?.field ?? '';
  const words = first?.message ?? 'no reason given';
  if (http === 401 || http === 403 || http === 404) return { code: http === 404 ? 'not_found' : 'unauthorized', words, blame: 'configuration' };
  if (/^personalizations\.\d+\.to\b/.test(field)) return { code: 'invalid_recipient', words, blame: 'recipient' };
  if (/^from\b/.test(field)) return { code: 'invalid_sender', words, blame: 'configuration' };
  return { code: http === 413 ? 'too_large' : 'bad_request', words, blame: 'message' };
};
