import { createHash } from 'node:crypto';
import type { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { Message, MessageChannel } from './channel.ts';

/** So many messages in so long. */
export type Rate = { limit: number; windowMs: number };

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const form = /^(\d+)\/([smhd])$/;

const isUnit = (text: string): text is keyof typeof units => Object.hasOwn(units, text);

/** `100/s`, `20/m`, `5000/h`, `50000/d`; undefined for what is no rate. */
export const rateIn = (text: string): Rate | undefined => {
  const [, count = '', unit = ''] = form.exec(text) ?? [];
  return isUnit(unit) ? { limit: Number(count), windowMs: units[unit] } : undefined;
};

/** Asks a provider no more often than it has agreed to, by the key that it counts by. What is over it isn't sent. */
export const withRate = <C extends Message['channel']>(channel: MessageChannel<C>, rate: Rate, take: RateLimit['take']): MessageChannel<C> => ({
  ...channel,
  send: async (message) => {
    const { allowed, resetMs } = await take(keyOf(channel, channel.limitedBy?.(message) ?? ''), rate);
    return allowed ? channel.send(message) : { status: 'throttled', retryAfterMs: Math.ceil(resetMs), reason: `The rate set for ${channel.name} is used up.` };
  },
});

/** Others share where it is counted, and addresses may be as good as a password. */
const keyOf = ({ channel, name }: { channel: string; name: string }, key: string): string =>
  `message:${channel}:${name}${key === '' ? '' : `:${createHash('sha256').update(key).digest('base64url')}`}`;
