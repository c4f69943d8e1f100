import { setTimeout as pause } from 'node:timers/promises';
import type { NotSent } from '../../../domain/payment/outcome.ts';
import { type Shape, type Thrown, thrownShape } from './shapes.ts';

/** `declined`: by the bank. `refused`: Stripe says that it can't be; nothing was done. */
export type Failure =
  | NotSent
  | { status: 'unknown'; reason: string }
  | { status: 'declined'; code: string | undefined; decline_code: string | undefined; message: string; intent: unknown }
  | { status: 'refused'; code: string; message: string };

export type Answer<T> = { status: 'answered'; answer: T } | Failure;

/**
 * Makes a call of the SDK; whatever it ends in is a value. Stripe answers 409 while another request with the same idempotency key is
 * being worked off, and has then not begun with this one: it is asked again, for what became of the other, until `timeoutMs` are over.
 */
export const asked = async <T>(call: () => Promise<unknown>, shape: Shape<T>, timeoutMs: number): Promise<Answer<T>> => {
  const end = Date.now() + timeoutMs;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    const said = await once(call, shape);
    if (said !== 'in_use') return said;
    if (Date.now() + waitMs > end) return { status: 'unknown', reason: 'another request with the same idempotency key has not ended' };
    await pause(waitMs);
  }
};

const once = async <T>(call: () => Promise<unknown>, shape: Shape<T>): Promise<Answer<T> | 'in_use'> => {
  try {
    const answer = await call();
    return shape.Check(answer) ? { status: 'answered', answer } : { status: 'unknown', reason: 'Stripe answered in a form that nobody knows' };
  } catch (error) {
    return thrownShape.Check(error) ? failureOf(error) : { status: 'unknown', reason: 'the call of Stripe failed' };
  }
};

/** What Stripe's own words may tell stays out of reasons: they can hold tokens. Its codes and parameters' names don't. */
const named = ({ statusCode, code, param, rawType }: Thrown): string => [statusCode, code ?? rawType, param].filter(Boolean).join(', ');

const failureOf = (thrown: Thrown): Failure | 'in_use' => {
  const { statusCode, rawType, code, decline_code, message = '', payment_intent: intent } = thrown;
  if (statusCode !== undefined && (code === 'rate_limit' || code === 'lock_timeout')) return slowDown(thrown);
  switch (statusCode) {
    case undefined:
      return connectionFailure(thrown);
    case 401:
    case 403:
      return { status: 'not_sent', reason: `Stripe does not take our key for this (${named(thrown)}): see its dashboard`, retriable: false };
    case 409:
      return 'in_use';
    case 429:
      return slowDown(thrown);
    // What was right, and failed: also of methods without a card.
    case 402:
      return { status: 'declined', code: code ?? undefined, decline_code: decline_code ?? undefined, message, intent };
    case 400:
    case 404:
      break;
    default:
      return { status: 'unknown', reason: `Stripe answered with ${named(thrown)}` };
  }
  switch (rawType) {
    case 'idempotency_error':
      return { status: 'not_sent', reason: 'the idempotency key was used before, for something else', retriable: false };
    case 'invalid_request_error':
      return { status: 'refused', code: code ?? 'refused', message: `Stripe refused it (${named(thrown)}).` };
    default:
      return { status: 'unknown', reason: `Stripe answered with ${named(thrown)}` };
  }
};

/** It has not begun with the request, nor kept an answer for its idempotency key. */
const slowDown = (thrown: Thrown): Failure => ({ status: 'not_sent', reason: `Stripe asks us to slow down (${named(thrown)})`, retriable: true });

/** What can only happen before a request is sent: no address, no connection, no TLS. */
const beforeSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_CERT|ERR_SSL_WRONG_VERSION|ERR_SSL_\w*HANDSHAKE|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/;

const connectionFailure = ({ detail }: Thrown): Failure => {
  const codes = codesOf(detail);
  const code = codes.join(', ') || 'no answer';
  return codes.some((one) => beforeSent.test(one))
    ? { status: 'not_sent', reason: `Stripe could not be reached (${code})`, retriable: true }
    : { status: 'unknown', reason: `no answer of Stripe that can be read (${code})` };
};

/** The codes of an error and of what caused it. */
const codesOf = (error: unknown, depth = 0): readonly string[] => {
  if (!(error instanceof Error) || depth > 4) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const within = 'exception' in error ? error.exception : error.cause;
  return [...own, ...codesOf(within, depth + 1)];
};
