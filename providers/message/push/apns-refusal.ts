import type { Blame, ChannelOutcome } from '../channel.ts';

// Apple's "Handling notification responses from APNs". A reason that isn't here is the message's fault.
const blames: Readonly<Record<string, Blame>> = {
  BadDeviceToken: 'recipient',
  DeviceTokenNotForTopic: 'recipient',
  ExpiredToken: 'recipient',
  Unregistered: 'recipient',
  BadCertificate: 'configuration',
  BadCertificateEnvironment: 'configuration',
  BadEnvironmentKeyIdInToken: 'configuration',
  BadPath: 'configuration',
  BadTopic: 'configuration',
  Forbidden: 'configuration',
  InvalidProviderToken: 'configuration',
  InvalidPushType: 'configuration',
  MethodNotAllowed: 'configuration',
  MissingProviderToken: 'configuration',
  MissingTopic: 'configuration',
  TopicDisallowed: 'configuration',
  UnrelatedKeyIdInToken: 'configuration',
};

const notDone = ['ExpiredProviderToken', 'IdleTimeout', 'InternalServerError', 'ServiceUnavailable', 'Shutdown'];

export type ApnsAnswer = {
  http: number;
  reason: string | undefined /** Of a 410, in milliseconds since 1970. */;
  timestamp: number | undefined;
  retryAfterMs: number | null;
};

/** What an answer of Apple's other than 200 means. Since when a token is dead is in the reason: who registered it after that keeps it. */
export const apnsRefusal = ({ http, reason: code = String(http), timestamp, retryAfterMs }: ApnsAnswer): ChannelOutcome => {
  const since = http === 410 && timestamp !== undefined ? ` since ${new Date(timestamp).toISOString()}` : '';
  const reason = `Apple answered ${http}, ${code}${since}.`;
  if (http === 429) return { status: 'throttled', retryAfterMs, reason };
  if (notDone.includes(code) || http === 500 || http === 503) return { status: 'unavailable', reason };
  if (http > 500) return { status: 'unknown', reason };
  return { status: 'rejected', code, permanent: true, reason, blame: blames[code] ?? (http === 410 ? 'recipient' : 'message') };
};
