import type { IncomingHttpHeaders } from 'node:http';
import type { ChannelOutcome } from '../channel.ts';
import { type Exchange, retryAfterMs } from './exchange.ts';

export type Answered = { http: number; headers: IncomingHttpHeaders; text: string };

/**
 * What means the same with every vendor's API; else the answer, whose words decide. 408, 500 and 503 say that nothing was done. 502 and 504
 * say it of a gateway only, which doesn't know.
 */
export const usualOutcome = (who: string, exchange: Exchange, now: number): { outcome: ChannelOutcome } | { answered: Answered } => {
  if (exchange.status === 'not_sent') return { outcome: { status: 'unavailable', reason: `${who} can't be reached: ${exchange.reason}` } };
  if (exchange.status === 'unknown') return { outcome: { status: 'unknown', reason: `${who} gave no answer ${exchange.reason}` } };
  const { http, headers } = exchange;
  const reason = `${who} answered ${http}.`;
  const after = retryAfterMs(headers['retry-after'], now);
  if (http === 429 || (http === 503 && after !== null)) return { outcome: { status: 'throttled', retryAfterMs: after, reason } };
  if (http === 408 || http === 500 || http === 503) return { outcome: { status: 'unavailable', reason } };
  if (http > 500) return { outcome: { status: 'unknown', reason } };
  return { answered: exchange };
};

/** The answer as JSON; undefined where it is none. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const fieldOf = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Object.entries(found).find(([name]) => name === key)?.[1] : undefined),
    value,
  );

/** A vendor's code, as far as it looks like one: other words of theirs may name somebody. */
export const codeIn = (value: unknown): string | undefined => (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(value) ? value : undefined);
