import type { Blame, ChannelOutcome } from '../channel.ts';
import type { Exchange } from './exchange.ts';

/** Whose fault a vendor's code says it is, or that it is only too much for now, or that the vendor itself has failed. */
export type Verdict = Blame | 'throttled' | 'unavailable';

/** What a vendor said instead of taking a message. `code`: its own, where it gave one that could be read. */
export type Refusal = { http: number; code: string | null; words: string; retryAfter: string | null };

/**
 * What a refusal means: by the vendor's code, or else by the status. An error that the vendor itself states is sure; a page that a
 * gateway answers with isn't, as the message may have gone past it.
 */
export const refused = ({ http, code, words, retryAfter }: Refusal, verdicts: Readonly<Record<string, Verdict>>): ChannelOutcome => {
  const reason = `answered ${http}${code === null ? '' : `, code ${code}`}${words === '' ? '' : `: ${withoutNumbers(words)}`}`;
  const known = code !== null && Object.hasOwn(verdicts, code) ? verdicts[code] : undefined;
  const verdict = known ?? verdictOf(http, code !== null);
  if (verdict === 'unknown' || verdict === 'unavailable') return { status: verdict, reason };
  if (verdict === 'throttled') return { status: 'throttled', retryAfterMs: retryAfterMs(retryAfter), reason };
  return { status: 'rejected', code: code ?? String(http), permanent: true, reason, blame: verdict };
};

/** What was lost on the way, or can't be read, as an outcome. */
export const lost = ({ status, reason }: Exclude<Exchange, { status: 'answered' }>): ChannelOutcome => ({
  status: status === 'not_sent' ? 'unavailable' : 'unknown',
  reason,
});

const verdictOf = (http: number, stated: boolean): Verdict | 'unknown' => {
  if (http < 300) return 'unknown';
  if (http === 429) return 'throttled';
  if (http === 408 || http === 503) return 'unavailable';
  if (http >= 500) return stated ? 'unavailable' : 'unknown';
  // Moved, or not let in, not paid, not there: our credentials, account or address.
  return http < 400 || [401, 402, 403, 404, 405, 407].includes(http) ? 'configuration' : 'message';
};

/** RFC 9110, 10.2.3: seconds, or a date. Null where there is neither. */
export const retryAfterMs = (header: string | null, now: number = Date.now()): number | null => {
  if (header === null || header.trim() === '') return null;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
};

/** Vendors like to repeat the number that they refuse; it has no place in an event or a log. */
export const withoutNumbers = (words: string): string =>
  words
    .replace(/\+?\d(?:[\s().-]*\d){6,}/g, '<number>')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
