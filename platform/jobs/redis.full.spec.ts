import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { openJobs } from './bullmq.ts';
import { jobsContract } from './contract.ts';

const url = process.env.REDIS_URL ?? '';

describe.skipIf(url === '')('jobs on Redis (REDIS_URL)', () => {
  jobsContract(async () => {
    const prefix = `test-${randomUUID()}`;
    const close = async () => {
      const redis = new Redis(url);
      for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) if (keys.length > 0) await redis.unlink(keys);
      await redis.quit();
    };
    return { backend: { redis: url }, prefix, close };
  });
});

it('says who cannot be reached', async () => {
  await expect(openJobs({ backend: { redis: 'redis://127.0.0.1:1' }, log: pino({ level: 'silent' }) })).rejects.toThrow(
    "Redis at 127.0.0.1:1 can't be reached",
  );
});
