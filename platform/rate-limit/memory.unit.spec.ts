import { describe, expect, it } from 'vitest';
import { rateLimitContract } from './contract.ts';
import { memoryRateLimit } from './memory.ts';

describe('rate limits in the process', () => {
  let time = 1_000_000;
  const now = () => time;
  rateLimitContract(
    async () => memoryRateLimit({ now }),
    async (ms) => {
      time += ms;
    },
  );

  it('holds so many keys and no more: the oldest window goes first', async () => {
    const limit = memoryRateLimit({ maxKeys: 3, now });
    const window = { limit: 1, windowMs: 1_000 };
    for (const key of ['a', 'b', 'c', 'd']) await limit.take(key, window);
    expect((await limit.take('b', window)).allowed).toBe(false);
    expect((await limit.take('a', window)).allowed).toBe(true);
  });
});
