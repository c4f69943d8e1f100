import type { Blame, ChannelOutcome } from '../channel.ts';
import type { Answered } from '../http/exchange.ts';
import { exchangeIn } from '../http/library.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { lost } from '../http/usual-outcome.ts';
import { withoutAddresses } from '../http/words.ts';

/** What a vendor's 4xx says of itself. */
export type Refusal = { code: string; words: string; blame: Blame };

type Vendor = {
  name: string;
  /** Reads what only this vendor's answers say; its `blame` counts for 4xx but 401, 403, 408 and 429. */
  refusalIn: (answer: Answered) => Refusal;
  /** Statuses that this vendor uses for "too much", beside 429. */
  isTooMuch?: (answer: Answered) => boolean;
};

/**
 * What a call meant that did not end with an acceptance. RFC 9110: a gateway's 502 or 504 says nothing of the server behind it, so
 * they stay unknown; 500 and 503 are the vendor's own "not done".
 */
export const httpFailure = (vendor: Vendor, error: unknown): ChannelOutcome => {
  const { name } = vendor;
  const exchange = exchangeIn(error);
  // The library balked before it spoke: it would again.
  if (!exchange) return { status: 'rejected', code: 'unacceptable', permanent: true, reason: `${name}'s library did not take the message.`, blame: 'message' };
  if (exchange.status !== 'answered') return lost(name, exchange);
  return refused(vendor, exchange);
};

const notDone = [408, 500, 501, 503, 505];

const refused = ({ name, refusalIn, isTooMuch }: Vendor, answer: Answered): ChannelOutcome => {
  const { http } = answer;
  const { code, words, blame } = refusalIn(answer);
  const reason = `${name} answered ${http}${code ? ` ${code}` : ''}: ${withoutAddresses(words)}`;
  if (http === 429 || isTooMuch?.(answer)) return { status: 'throttled', retryAfterMs: waitIn(answer.headers), reason };
  if (notDone.includes(http)) return { status: 'unavailable', reason };
  if (http >= 500 || http < 300) return { status: 'unknown', reason };
  if (http < 400) return { status: 'rejected', code: 'redirected', permanent: false, reason, blame: 'configuration' };
  if (http === 401 || http === 403) return { status: 'rejected', code: code || 'unauthorized', permanent: false, reason, blame: 'configuration' };
  return { status: 'rejected', code: code || String(http), permanent: blame === 'message' || blame === 'recipient', reason, blame };
};

/** How long to wait; without a word of that, until the Unix second at which the vendor's count begins anew. Null where it names neither. */
const waitIn = (headers: Answered['headers'], now = Date.now()): number | null => {
  const after = headers['retry-after'];
  if (after !== undefined) return retryAfterMs(after, now);
  const until = Number(headers['x-ratelimit-reset']) * 1_000;
  return Number.isFinite(until) ? Math.max(0, until - now) : null;
};
