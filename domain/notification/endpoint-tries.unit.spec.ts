import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsTooLong, patienceFor, usualFailingMs, usualWaits, waitAfter } from './endpoint-tries.ts';

const hour = 3_600_000;

describe('a webhook that failed', () => {
  it('is tried eight times in about a day', () => {
    const waits = Array.from({ length: 8 }, (_, n) => waitAfter({ tries: n + 1, retryAfterMs: null, chance: 0 }));
    expect(waits).toEqual([5_000, 300_000, 1_800_000, 2 * hour, 5 * hour, 10 * hour, 10 * hour, null]);
    const whole = usualWaits.reduce((sum, wait) => sum + wait, 0);
    expect([whole / hour, (whole * 1.2) / hour].map(Math.floor)).toEqual([27, 33]);
  });

  it('waits as long as the receiver asks, up to a day', () => {
    expect(waitAfter({ tries: 1, retryAfterMs: 60_000, chance: 0 })).toBe(60_000);
    expect(waitAfter({ tries: 2, retryAfterMs: 60_000, chance: 0 })).toBe(300_000);
    expect(waitAfter({ tries: 1, retryAfterMs: 99 * hour, chance: 0 })).toBe(24 * hour);
    expect(waitAfter({ tries: 8, retryAfterMs: 60_000, chance: 0 })).toBeNull();
    expect([patienceFor(null), patienceFor(7)]).toEqual([0, 7]);
  });

  it('never waits less than its turn, nor more than a fifth longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
        const wait = waitAfter({ tries, retryAfterMs: null, chance }) ?? Number.NaN;
        const turn = usualWaits[tries - 1] ?? Number.NaN;
        expect(wait).toBeGreaterThanOrEqual(turn);
        expect(wait).toBeLessThanOrEqual(turn * 1.2);
      }),
    );
  });
});

describe('an endpoint fails too long', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  const ago = (ms: number) => new Date(now.getTime() - ms);

  it.each([
    ['five days and eight tries', { failingSince: ago(usualFailingMs), failures: 8 }, null, true],
    ['not quite five days', { failingSince: ago(usualFailingMs - 1), failures: 99 }, null, false],
    ['few tries', { failingSince: ago(usualFailingMs), failures: 7 }, null, false],
    ['no failure', { failingSince: null, failures: 0 }, null, false],
    ['enabled again yesterday', { failingSince: ago(usualFailingMs), failures: 99 }, ago(24 * hour).toISOString(), false],
    ['enabled again long ago', { failingSince: ago(usualFailingMs), failures: 99 }, ago(9 * 24 * hour).toISOString(), true],
  ])('after %s', (_, health, enabledAt, expected) => expect(failsTooLong(health, enabledAt, now)).toBe(expected));
});
