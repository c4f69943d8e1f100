import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { ChannelOutcome } from './channel.ts';
import { awsHandler } from './http/aws-handler.ts';
import { openExchanger } from './http/exchange.ts';
import { exchangeIn } from './http/library.ts';
import { lost } from './http/usual-outcome.ts';
import { refused, type Verdict } from './sms/refusals.ts';

export type SnsClientSettings = {
  region: string;
  /** Without, the library looks where AWS's clients do: its own environment, its files, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  baseUrl?: string;
  connectTimeoutMs?: number;
  /** Of one call, its answer's body included, in milliseconds. */
  timeoutMs?: number;
};

/** What an error of SNS's means for this kind of message, where that differs: by its name and words. */
export type SnsVerdict = (name: string, words: string) => Verdict | undefined;

/** Amazon SNS's Publish, once a call. Loads its library, which names and signs; the exchange is ours. */
export const openSnsClient = async (
  { region, credentials, baseUrl, connectTimeoutMs = 5_000, timeoutMs = 15_000 }: SnsClientSettings,
  verdictOf: SnsVerdict,
) => {
  const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns');
  const exchanger = openExchanger({ reuse: true });
  const client = new SNSClient({
    region,
    maxAttempts: 1,
    requestHandler: awsHandler({ exchanger, connectTimeoutMs, timeoutMs }),
    ...(credentials && { credentials }),
    ...(baseUrl && { endpoint: baseUrl }),
  });
  return {
    publish: async (input: PublishCommandInput): Promise<ChannelOutcome> => {
      try {
        const { MessageId } = await client.send(new PublishCommand(input));
        return MessageId ? { status: 'accepted', reference: MessageId } : { status: 'unknown', reason: 'the answer names no message' };
      } catch (error) {
        return failed(error, verdictOf);
      }
    },
    close: async (): Promise<void> => {
      client.destroy();
      exchanger.close();
    },
  };
};

export const snsText = (value: string) => ({ DataType: 'String', StringValue: value });

// docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors and CommonErrors.html, by the library's names.
const verdicts: Readonly<Record<string, Verdict>> = {
  InvalidParameterException: 'message',
  InvalidParameterValueException: 'message',
  ValidationException: 'message',
  AuthorizationErrorException: 'configuration',
  InvalidSecurityException: 'configuration',
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

const failed = (error: unknown, verdictOf: SnsVerdict): ChannelOutcome => {
  const exchange = exchangeIn(error);
  if (exchange && exchange.status !== 'answered') return lost('SNS', exchange);
  if (!isFailure(error)) return { status: 'unknown', reason: 'the library failed without saying why' };
  if (error.name === 'CredentialsProviderError') return withoutCredentials;
  const http = error.$response?.statusCode ?? error.$metadata?.httpStatusCode;
  const retryAfter = error.$response?.headers?.['retry-after'];
  if (http === undefined) return { status: 'unknown', reason: 'the library made nothing of the answer' };
  // Where no error could be read the library makes one up.
  const isRead = error.$fault !== undefined && error.name !== 'Unknown' && error.name !== 'SNSServiceException';
  if (!isRead) return refused({ http, code: null, words: '', retryAfter }, {});
  const verdict = verdictOf(error.name, error.message);
  return refused({ http, code: error.name, words: error.message, retryAfter }, verdict ? { [error.name]: verdict } : verdicts);
};

const withoutCredentials: ChannelOutcome = {
  status: 'rejected',
  code: 'no_credentials',
  permanent: true,
  reason: 'There are no credentials for SNS.',
  blame: 'configuration',
};
