import type { Blame, ChannelOutcome } from '../channel.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { withoutNumbers } from '../http/words.ts';

/** Whose fault a vendor's code says it is, or that it is only too much for now, or that the vendor itself has failed. */
export type Verdict = Blame | 'throttled' | 'unavailable';

/** What a vendor said instead of taking a message. `code`: its own, where it gave one that could be read. */
export type Refusal = { http: number; code: string | null; words: string; retryAfter: string | undefined };

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

const verdictOf = (http: number, stated: boolean): Verdict | 'unknown' => {
  if (http < 300) return 'unknown';
  if (http === 429) return 'throttled';
  if (http === 408 || http === 503) return 'unavailable';
  if (http >= 500) return stated ? 'unavailable' : 'unknown';
  // Moved, or not let in, not paid, not there: our credentials, account or address.
  return http < 400 || [401, 402, 403, 404, 405, 407].includes(http) ? 'configuration' : 'message';
};
