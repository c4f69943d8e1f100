import type { Blame, ChannelOutcome } from '../channel.ts';
import { codeIn, fieldOf, jsonOf } from '../http/json.ts';

// google.firebase.fcm.v1.FcmError's codes, by Firebase's "FCM error codes". INVALID_ARGUMENT is told apart below.
const blames: Readonly<Record<string, Blame>> = {
  UNREGISTERED: 'recipient',
  SENDER_ID_MISMATCH: 'recipient',
  // Apple's or the browser's key is missing or wrong: all other devices are served.
  THIRD_PARTY_AUTH_ERROR: 'destination',
  PERMISSION_DENIED: 'configuration',
  UNAUTHENTICATED: 'configuration',
  NOT_FOUND: 'configuration',
};

/** What an error of Firebase's means; `text` is the answer. */
export const fcmRefusal = (http: number, text: string): ChannelOutcome => {
  const error = fieldOf(jsonOf(text), 'error');
  const given = fieldOf(error, 'details');
  const details: readonly unknown[] = Array.isArray(given) ? given : [];
  const code = details.map((one) => codeIn(fieldOf(one, 'errorCode'))).find((one) => one !== undefined) ?? codeIn(fieldOf(error, 'status')) ?? String(http);
  // An address that Firebase doesn't know, or a door that is shut, without a word of its own: the project's settings.
  const otherwise = [401, 403, 404].includes(http) ? 'configuration' : 'message';
  const blame = blames[code] ?? (isOfToken(error, details) ? 'recipient' : otherwise);
  return { status: 'rejected', code, permanent: blame !== 'destination', reason: `Firebase answered ${http}, ${code}.`, blame };
};

/** Of an invalid argument: whether it is the token. All else that can be wrong with one is no reason to forget a device. */
const isOfToken = (error: unknown, details: readonly unknown[]): boolean => {
  const violations = details.flatMap((one) => {
    const found = fieldOf(one, 'fieldViolations');
    return Array.isArray(found) ? found : [];
  });
  if (violations.length > 0) return violations.every((one) => fieldOf(one, 'field') === 'message.token');
  return /registration token/i.test(String(fieldOf(error, 'message')));
};
