import type { ChannelCheck } from '../channel.ts';
import type { Exchange } from './exchange.ts';

/** What the answer to a harmless question says of our keys. */
export const keyCheck = (exchange: Exchange): ChannelCheck => {
  if (exchange.status !== 'answered') return { status: 'unreachable', reason: exchange.reason };
  const { http } = exchange;
  if (http >= 200 && http < 300) return { status: 'ok' };
  return { status: [401, 403, 404].includes(http) ? 'misconfigured' : 'unreachable', reason: `it answered ${http}` };
};
