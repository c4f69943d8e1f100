import { describe, expect, it } from 'vitest';
import type { Limit } from '../../domain/notification/limits.ts';
import { memoryRateLimit } from '../../platform/rate-limit/memory.ts';
import { noLimits, openLimits } from './limits.ts';

const start = Date.UTC(2026, 5, 1, 10);
const counted = { channel: 'email', category: 'marketing', priority: 'normal', recipient: 'u1', caller: 'key:1' } as const;

const limitsOf = (limit: Partial<Limit>) => {
  let nowMs = start;
  const limits = openLimits(
    () => ({ limits: [{ id: 'l', per: 'recipient', limit: 2, windowSeconds: 60, policy: 'delay', ...limit }] }),
    memoryRateLimit({ now: () => nowMs }),
  );
  return { next: () => limits({ ...counted, at: new Date(nowMs).toISOString() }), pass: (ms: number) => (nowMs += ms) };
};
const afterSeconds = (seconds: number) => ({ policy: 'delay', until: new Date(start + seconds * 1_000).toISOString() });

describe('what is over the limit', () => {
  it('waits for the next windows, as many in each as there is room for', async () => {
    const { next, pass } = limitsOf({});
    expect([await next(), await next()]).toEqual([undefined, undefined]);
    expect([await next(), await next(), await next()]).toEqual([afterSeconds(60), afterSeconds(60), afterSeconds(120)]);
    pass(60_000);
    expect(await next()).toBeUndefined();
  });

  it('is dropped where the rule says so', async () => {
    const { next } = limitsOf({ policy: 'drop', limit: 1 });
    await next();
    expect(await next()).toEqual({ policy: 'drop' });
  });

  it('is nothing where there are no rules', async () => {
    expect(await noLimits({ ...counted, at: new Date(start).toISOString() })).toBeUndefined();
  });
});
