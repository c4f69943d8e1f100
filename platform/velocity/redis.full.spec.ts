import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { most, velocityContract, windowsMs } from './contract.ts';
import { redisVelocity } from './redis.ts';

const url = process.env.REDIS_URL ?? '';
const log = pino({ level: 'silent' });
const prefix = `test-${randomUUID()}`;

describe.skipIf(url === '')('velocities on Redis (REDIS_URL)', () => {
  velocityContract(() => redisVelocity({ url, log, prefix, windowsMs, most }));
});

it('says who cannot be reached', async () => {
  await expect(redisVelocity({ url: 'redis://127.0.0.1:1', log, windowsMs })).rejects.toThrow("Redis at 127.0.0.1:1 can't be reached");
});
