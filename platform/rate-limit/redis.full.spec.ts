import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { rateLimitContract } from './contract.ts';
import { redisRateLimit } from './redis.ts';

const url = process.env.REDIS_URL ?? '';
const log = pino({ level: 'silent' });

describe.skipIf(url === '')('rate limits on Redis (REDIS_URL)', () => {
  rateLimitContract(
    () => redisRateLimit({ url, log, prefix: `test-${randomUUID()}` }),
    // The server's clock: there is nothing but time to wait for.
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  );
});

it('says who cannot be reached', async () => {
  await expect(redisRateLimit({ url: 'redis://127.0.0.1:1', log })).rejects.toThrow("Redis at 127.0.0.1:1 can't be reached");
});
