import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CircuitSettings, CircuitState } from './circuit.ts';
import { circuitBreaker } from './circuit-breaker.ts';

const settings: CircuitSettings = { windowMs: 10_000, failures: 2, share: 0.5, coolDownMs: 1_000, longestCoolDownMs: 4_000 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const opened = () => {
  const changes: CircuitState[] = [];
  const breaker = circuitBreaker({ settings, patienceMs: 500, now: () => Date.now(), onChange: (state) => changes.push(state) });
  const end = (good: boolean) => breaker.guard(async () => good, judge);
  return { breaker, changes, end };
};
const judge = (good: boolean) => (good ? ('success' as const) : ('failure' as const));

/** A breaker that has just opened. */
const broken = async () => {
  const one = opened();
  await one.end(false);
  await one.end(false);
  return one;
};

describe('a circuit breaker', () => {
  it('passes on what a call gives', async () => {
    const { breaker, end } = opened();
    expect(await end(true)).toEqual({ result: true });
    expect(
      await breaker.observe(
        async () => 7,
        () => 'nothing',
      ),
    ).toBe(7);
    expect(breaker.standing()).toEqual({ state: 'closed', retryInMs: 0 });
  });

  it('makes no call while it is open, and says when it will', async () => {
    const { breaker } = await broken();
    vi.advanceTimersByTime(400);
    const call = vi.fn(async () => true);
    expect(await breaker.guard(call, judge)).toEqual({ refused: { state: 'open', retryInMs: 600 } });
    expect(call).not.toHaveBeenCalled();
  });

  it('counts a call that throws as failed, and passes the error on', async () => {
    const { breaker, end } = opened();
    await end(false);
    await expect(breaker.guard(() => Promise.reject(new Error('gone')), judge)).rejects.toThrow('gone');
    expect(breaker.standing().state).toBe('open');
  });

  it('tells of each change', async () => {
    const { end, changes } = await broken();
    vi.advanceTimersByTime(1_000);
    await end(true);
    expect(changes).toEqual(['open', 'half_open', 'closed']);
  });

  it('lets calls wait for the one that finds out, and go on if it works', async () => {
    const { breaker, end } = await broken();
    vi.advanceTimersByTime(1_000);
    const probe = Promise.withResolvers<boolean>();
    const first = breaker.guard(() => probe.promise, judge);
    const second = end(true);
    probe.resolve(true);
    expect(await first).toEqual({ result: true });
    expect(await second).toEqual({ result: true });
  });

  it('refuses those who waited if it does not work', async () => {
    const { breaker, end } = await broken();
    vi.advanceTimersByTime(1_000);
    const probe = Promise.withResolvers<boolean>();
    const first = breaker.guard(() => probe.promise, judge);
    const second = end(true);
    probe.resolve(false);
    await first;
    expect(await second).toEqual({ refused: { state: 'open', retryInMs: 2_000 } });
  });

  it('lets nobody wait longer than they have patience', async () => {
    const { breaker, end } = await broken();
    vi.advanceTimersByTime(1_000);
    void breaker.guard(() => new Promise<boolean>(() => {}), judge);
    const second = end(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(await second).toEqual({ refused: { state: 'half_open', retryInMs: 0 } });
  });

  it('observes without standing in the way', async () => {
    const { breaker } = opened();
    await breaker.observe(async () => false, judge);
    await breaker.observe(async () => false, judge);
    expect(breaker.standing().state).toBe('open');
    expect(await breaker.observe(async () => true, judge)).toBe(true);
    expect(breaker.standing().state).toBe('open');
  });
});
