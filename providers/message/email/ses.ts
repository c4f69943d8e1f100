import type { SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import type { EmailMessage, MessageChannel } from '../channel.ts';
import { awsHandler } from '../http/aws-handler.ts';
import { type Answered, openExchanger } from '../http/exchange.ts';
import { jsonOf } from '../http/json.ts';
import { carrying, succeeded } from '../http/library.ts';
import { httpFailure, type Refusal } from './http-failure.ts';
import { faultOf, headersOf } from './outgoing.ts';

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export type SesSettings = {
  /** `eu-west-1`. */
  region: string;
  /** Of a user or role that may `ses:SendEmail` and nothing else; without it, the machine's own. */
  credentials?: Credentials | (() => Promise<Credentials>);
  from: { name: string; address: string };
  /** Whose event destination is the SNS topic: without it there are no receipts. */
  configurationSet?: string;
  baseUrl?: string;
  connectTimeoutMs?: number;
  /** Of one call, its answer included, in milliseconds. */
  timeoutMs?: number;
};

/** E-mail through Amazon SES, API v2. Loads `@aws-sdk/client-sesv2`. The reference is the message id of SES. */
export const openSes = async (settings: SesSettings): Promise<MessageChannel<'email'>> => {
  const { connectTimeoutMs = 10_000, timeoutMs = 30_000 } = settings;
  const exchanger = openExchanger({ reuse: true });
  const { SESv2Client, SendEmailCommand } = await import('@aws-sdk/client-sesv2');
  const client = new SESv2Client({
    region: settings.region,
    maxAttempts: 1,
    requestHandler: awsHandler({ exchanger, connectTimeoutMs, timeoutMs, judge }),
    ...(settings.credentials ? { credentials: settings.credentials } : {}),
    ...(settings.baseUrl === undefined ? {} : { endpoint: settings.baseUrl }),
  });

  const send = async (message: EmailMessage) => {
    const fault = faultOf(message);
    if (fault) return fault;
    try {
      const { MessageId: reference } = await client.send(new SendEmailCommand(inputOf(message, settings)));
      return reference ? ({ status: 'accepted', reference } as const) : ({ status: 'unknown', reason: 'SES answered without a message id.' } as const);
    } catch (error) {
      return failure(error);
    }
  };

  return {
    name: 'ses',
    channel: 'email',
    repeatable: false,
    send,
    close: async () => {
      client.destroy();
      exchanger.close();
    },
  };
};

/** What isn't JSON has been accepted, or not: nobody knows. */
const judge = (answer: Answered): void => {
  const exchange = { status: 'answered', ...answer } as const;
  if (!succeeded(exchange)) throw carrying(exchange);
  if (jsonOf(answer.text) === undefined) throw carrying({ status: 'unknown', reason: 'that is JSON' });
};

const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' });

const inputOf = (message: EmailMessage, { from, configurationSet }: SesSettings): SendEmailCommandInput => ({
  FromEmailAddress: `${encodedName(from.name)} <${from.address}>`,
  Destination: { ToAddresses: [message.to] },
  ...(message.replyTo === undefined ? {} : { ReplyToAddresses: [message.replyTo] }),
  ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
  EmailTags: [
    { Name: 'delivery_id', Value: message.deliveryId },
    { Name: 'notification_id', Value: message.notificationId },
  ],
  Content: {
    Simple: {
      Subject: utf8(message.subject),
      Body: { ...(message.text ? { Text: utf8(message.text) } : {}), ...(message.html ? { Html: utf8(message.html) } : {}) },
      Headers: Object.entries(headersOf(message)).map(([Name, Value]) => ({ Name, Value })),
      ...(message.attachments?.length
        ? {
            Attachments: message.attachments.map(({ filename, contentType, content }) => ({
              FileName: filename,
              ContentType: contentType,
              RawContent: Buffer.from(content, 'base64'),
            })),
          }
        : {}),
    },
  },
});

/** RFC 2047 where it isn't plain: SES takes 7-bit ASCII here. */
const encodedName = (name: string): string =>
  /^[\x20-\x7e]*$/.test(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`;

const failure = (error: unknown) =>
  error instanceof Error && error.name === 'CredentialsProviderError'
    ? ({ status: 'rejected', code: 'no_credentials', permanent: false, reason: 'SES: there are no credentials.', blame: 'configuration' } as const)
    : httpFailure({ name: 'SES', refusalIn, isTooMuch }, error);

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors and the errors common to all of AWS. */
const ours: readonly string[] = [
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredTokenException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
];
const tooMuch: readonly string[] = ['TooManyRequestsException', 'LimitExceededException', 'ThrottlingException', 'Throttling', 'RequestLimitExceeded'];

const nameIn = ({ headers, text }: Answered): string => {
  const header = headers['x-amzn-errortype'];
  const body = jsonOf(text);
  const named = typeof header === 'string' ? header : typeof body === 'object' && body !== null && '__type' in body ? String(body.__type) : '';
  return named.split(':')[0]?.split('#').at(-1) ?? '';
};

const isTooMuch = (answer: Answered): boolean => answer.http < 500 && tooMuch.includes(nameIn(answer));

const refusalIn = (answer: Answered): Refusal => {
  const body = jsonOf(answer.text);
  const words = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : 'no reason given';
  const name = nameIn(answer);
  const code = name
    .replace(/Exception$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();
  // Of a sender that isn't verified, and in the sandbox of a recipient that isn't: which of them, it doesn't say.
  const isUnverified = /not verified/i.test(words);
  const blame = ours.includes(name)
    ? 'configuration'
    : isUnverified
      ? 'destination'
      : /(illegal|invalid).*address|domain (starts|ends|contains)/i.test(words)
        ? 'recipient'
        : 'message';
  return { code, words, blame };
};
