import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RateLimit } from './rate-limit.ts';

/** What every rate limit must do. `pass` lets time go by: a clock of the test's own, or the real one. */
export const rateLimitContract = (open: () => Promise<RateLimit>, pass: (ms: number) => Promise<void>): void => {
  let limit: RateLimit;
  beforeAll(async () => {
    limit = await open();
  });
  afterAll(() => limit.close());

  it('allows so many in a window, says how many are left, and begins anew when it has ended', async () => {
    const key = randomUUID();
    const window = { limit: 2, windowMs: 150 };
    expect(await limit.take(key, window)).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limit.take(key, window)).toMatchObject({ allowed: true, remaining: 0 });
    const refused = await limit.take(key, window);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetMs).toBeGreaterThan(0);
    expect(refused.resetMs).toBeLessThanOrEqual(150);
    await pass(refused.resetMs + 5);
    expect(await limit.take(key, window)).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('counts each key for itself, and never allows more than the limit, however many ask at once', async () => {
    const one = fc.record({ key: fc.constantFrom('a', 'b', 'c'), limit: fc.constant(5) });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (takes) => {
        const run = randomUUID();
        const taken = await Promise.all(
          takes.map(async (take) => ({ ...take, ...(await limit.take(`${run}-${take.key}`, { limit: take.limit, windowMs: 60_000 })) })),
        );
        for (const key of ['a', 'b', 'c']) {
          const asked = taken.filter((take) => take.key === key);
          expect(asked.filter(({ allowed }) => allowed)).toHaveLength(Math.min(5, asked.length));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('refuses everything where the limit is nothing', async () => {
    const key = randomUUID();
    await limit.take(key, { limit: 1, windowMs: 60_000 });
    expect(await limit.take(key, { limit: 0, windowMs: 60_000 })).toMatchObject({ allowed: false, remaining: 0 });
  });
};
