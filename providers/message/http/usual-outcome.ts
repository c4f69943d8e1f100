import type { ChannelOutcome } from '../channel.ts';
import type { Answered, Exchange } from './exchange.ts';
import { retryAfterMs } from './retry-after.ts';

/** What never got an answer. */
export const lost = (who: string, { status, reason }: Exclude<Exchange, { status: 'answered' }>): ChannelOutcome =>
  status === 'not_sent'
    ? { status: 'unavailable', reason: `${who} can't be reached: ${reason}` }
    : { status: 'unknown', reason: `${who} gave no answer ${reason}` };

/**
 * What means the same with every vendor's API; else the answer, whose words decide. 408, 500 and 503 say that nothing was done. 502 and 504
 * say it of a gateway only, which doesn't know.
 */
export const usualOutcome = (who: string, exchange: Exchange, now: number): { outcome: ChannelOutcome } | { answered: Answered } => {
  if (exchange.status !== 'answered') return { outcome: lost(who, exchange) };
  const { http, headers } = exchange;
  const reason = `${who} answered ${http}.`;
  const after = retryAfterMs(headers['retry-after'], now);
  if (http === 429 || (http === 503 && after !== null)) return { outcome: { status: 'throttled', retryAfterMs: after, reason } };
  if (http === 408 || http === 500 || http === 503) return { outcome: { status: 'unavailable', reason } };
  if (http > 500) return { outcome: { status: 'unknown', reason } };
  return { answered: exchange };
};
