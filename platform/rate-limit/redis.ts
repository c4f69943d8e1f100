import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { RateLimit } from './rate-limit.ts';

// Takes only what is left, so that a caller who goes on asking doesn't count beyond the limit. Answers with [allowed, taken, ms left].
const script = `
  local taken = tonumber(redis.call('GET', KEYS[1]) or '0')
  local left = redis.call('PTTL', KEYS[1])
  if taken >= tonumber(ARGV[1]) and left > 0 then return {0, taken, left} end
  taken = redis.call('INCR', KEYS[1])
  if left <= 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    left = tonumber(ARGV[2])
  end
  return {1, taken, left}`;

export type RedisRateLimitOptions = { url: string; log: Logger; prefix?: string };

/**
 * Rate limits that all processes share: one script, one round trip a take. While Redis is away everything is allowed, with a warning:
 * a limit that can't be counted must not stop the shop.
 */
export const redisRateLimit = async ({ url, log, prefix = 'commerce' }: RedisRateLimitOptions): Promise<RateLimit> => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: 500, enableOfflineQueue: false });
  redis.on('error', (err) => log.warn({ err }, 'the connection to Redis broke; it is opened again'));
  await redis.connect().catch((cause: unknown) => {
    redis.disconnect();
    throw new Error(`Redis at ${new URL(url).host} can't be reached. Check that it runs and that REDIS_URL is right.`, { cause });
  });
  const sha = createHash('sha1').update(script).digest('hex');
  const run = async (key: string, limit: number, windowMs: number): Promise<unknown> => {
    try {
      return await redis.evalsha(sha, 1, key, limit, windowMs);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(script, 1, key, limit, windowMs);
      throw error;
    }
  };

  return {
    take: async (key, { limit, windowMs }) => {
      try {
        const [allowed, taken, left] = numbers(await run(`${prefix}:limit:${key}`, limit, windowMs));
        return { allowed: allowed === 1, remaining: Math.max(0, limit - taken), resetMs: left };
      } catch (err) {
        log.warn({ err }, 'the rate limit cannot be counted: the request is allowed');
        return { allowed: true, remaining: limit, resetMs: windowMs };
      }
    },
    close: async () => redis.disconnect(),
  };
};

const numbers = (answer: unknown): [number, number, number] => {
  const [allowed, taken, left]: unknown[] = Array.isArray(answer) ? answer : [];
  if (typeof allowed !== 'number' || typeof taken !== 'number' || typeof left !== 'number')
    throw new Error('the script of the rate limit gave no three numbers');
  return [allowed, taken, left];
};
