import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { interrupted } from './exchange.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';
import { lost, refused, type Verdict } from './refusals.ts';

export type SnsSettings = {
  region: string;
  /** Without, the library looks where AWS's clients do: its own environment, its files, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** 1–11 letters or digits, shown in place of a number where the country allows that. */
  senderId?: string;
  baseUrl?: string;
  /** Of one call, its answer's body included, in milliseconds. */
  timeoutMs?: number;
};

/** Text messages by Amazon SNS, sent as transactional ones. It keeps no reference of ours, and reports to logs only. Loads its client. */
export const openSns = async (settings: SnsSettings): Promise<MessageChannel<'sms'>> => {
  const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns');
  const { region, credentials, senderId, baseUrl, timeoutMs = 15_000 } = settings;
  const client = new SNSClient({
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: Math.min(connectTimeoutMs, timeoutMs) },
    ...(credentials && { credentials }),
    ...(baseUrl && { endpoint: baseUrl }),
  });
  const attributes = {
    'AWS.SNS.SMS.SMSType': text('Transactional'),
    ...(senderId && { 'AWS.SNS.SMS.SenderID': text(senderId) }),
  };

  const send = async (message: SmsMessage): Promise<ChannelOutcome> => {
    if (!isPhoneNumber(message.to)) return noPhoneNumber;
    const publish = new PublishCommand({ PhoneNumber: message.to, Message: message.text, MessageAttributes: attributes });
    try {
      const { MessageId } = await client.send(publish, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return MessageId ? { status: 'accepted', reference: MessageId } : { status: 'unknown', reason: 'the answer names no message' };
    } catch (error) {
      return failed(error, timeoutMs);
    }
  };

  return { name: 'sns', channel: 'sms', repeatable: false, send, close: async () => client.destroy() };
};

const connectTimeoutMs = 5_000;

const text = (value: string) => ({ DataType: 'String', StringValue: value });

// docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors and CommonErrors.html, by the library's names.
const verdicts: Readonly<Record<string, Verdict>> = {
  InvalidParameterException: 'message',
  InvalidParameterValueException: 'message',
  ValidationException: 'message',
  OptedOutException: 'recipient',
  AuthorizationErrorException: 'configuration',
  InvalidSecurityException: 'configuration',
  AccessDenied: 'configuration',
  AccessDeniedException: 'configuration',
  ExpiredToken: 'configuration',
  ExpiredTokenException: 'configuration',
  IncompleteSignature: 'configuration',
  InvalidClientTokenId: 'configuration',
  OptInRequired: 'configuration',
  SignatureDoesNotMatch: 'configuration',
  UserErrorException: 'configuration',
  ThrottledException: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  InternalErrorException: 'unavailable',
  InternalFailure: 'unavailable',
  ServiceUnavailable: 'unavailable',
};

type Failure = Error & { $fault?: unknown; $metadata?: { httpStatusCode?: number }; $response?: { statusCode?: number; headers?: Record<string, string> } };
const isFailure = (error: unknown): error is Failure => error instanceof Error;

const failed = (error: unknown, timeoutMs: number): ChannelOutcome => {
  if (!isFailure(error)) return { status: 'unknown', reason: 'the library failed without saying why' };
  const http = error.$response?.statusCode ?? error.$metadata?.httpStatusCode;
  const retryAfter = error.$response?.headers?.['retry-after'] ?? null;
  if (http === undefined) return withoutAnswer(error, timeoutMs);
  // Where no error could be read the library makes one up.
  const code = error.$fault === undefined || error.name === 'Unknown' || error.name === 'SNSServiceException' ? null : error.name;
  if (code === 'InvalidParameterException' && refusesNumber(error.message))
    return refused({ http, code, words: error.message, retryAfter }, { [code]: 'recipient' });
  return refused({ http, code, words: code === null ? '' : error.message, retryAfter }, verdicts);
};

const withoutAnswer = (error: Error, timeoutMs: number): ChannelOutcome => {
  if (error.name === 'CredentialsProviderError') return withoutCredentials;
  // The library's only word for it.
  if (/did not establish a connection/.test(error.message)) return { status: 'unavailable', reason: 'no connection: too late' };
  return lost(interrupted(error, timeoutMs));
};

const withoutCredentials: ChannelOutcome = {
  status: 'rejected',
  code: 'no_credentials',
  permanent: true,
  reason: 'There are no credentials for SNS.',
  blame: 'configuration',
};

/** "Invalid parameter: PhoneNumber Reason: … is not valid to publish to", or is opted out. */
const refusesNumber = (words: string): boolean => /PhoneNumber|phone number/i.test(words);
