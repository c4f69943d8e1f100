import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Velocity, VelocityAttempt, VelocityCounts } from './velocity.ts';

export const windowsMs = [60_000, 600_000];
export const most = 50;

/** What every store of velocities must do. `open` gives another client of the same store each time. */
export const velocityContract = (open: () => Promise<Velocity>): void => {
  let velocity: Velocity;
  let other: Velocity;
  beforeAll(async () => {
    velocity = await open();
    other = await open();
  });
  afterAll(async () => {
    await velocity?.close();
    await other?.close();
  });

  const start = Date.now();
  const attempt = (keys: readonly string[], change: Partial<VelocityAttempt> = {}): VelocityAttempt => ({
    id: randomUUID(),
    at: start,
    amount: 100,
    currency: 'GBP',
    card: null,
    keys,
    ...change,
  });
  const counts = (...all: readonly Partial<VelocityCounts>[]) => all.map((one) => ({ attempts: 1, failed: 0, amount: 100, cards: 0, ...one }));

  it('counts each key in each window, which slide', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    expect(await velocity.note(attempt([a, b]))).toEqual({ counts: [counts({}, {}), counts({}, {})], cardKnown: false });
    expect((await other.note(attempt([a], { at: start + 59_999 }))).counts).toEqual([counts({ attempts: 2, amount: 200 }, { attempts: 2, amount: 200 })]);
    expect((await velocity.note(attempt([b, a], { at: start + 60_000 }))).counts).toEqual([
      counts({}, { attempts: 2, amount: 200 }),
      counts({ attempts: 2, amount: 200 }, { attempts: 3, amount: 300 }),
    ]);
    expect((await velocity.note(attempt([a], { at: start + 600_000 }))).counts).toEqual([counts({}, { attempts: 3, amount: 300 })]);
  });

  it('adds up money of the same currency only', async () => {
    const key = randomUUID();
    await velocity.note(attempt([key], { amount: 99_999_999_999 }));
    await velocity.note(attempt([key], { amount: 7, currency: 'JPY' }));
    const sum = { attempts: 3, amount: 100_000_000_000 };
    expect((await velocity.note(attempt([key], { amount: 1 }))).counts).toEqual([counts(sum, sum)]);
  });

  it('counts different cards, and knows those that were charged', async () => {
    const [key, one, two] = [randomUUID(), randomUUID(), randomUUID()];
    const first = attempt([key, one], { card: one });
    expect(await velocity.note(first)).toMatchObject({
      counts: [
        [{ cards: 1 }, { cards: 1 }],
        [{ cards: 1 }, {}],
      ],
      cardKnown: false,
    });
    expect(await velocity.note(attempt([key], { card: one }))).toMatchObject({ counts: [[{ cards: 1 }, {}]], cardKnown: false });
    await other.ended([{ id: first.id, failed: false }]);
    expect(await velocity.note(attempt([key, one], { card: one }))).toMatchObject({ cardKnown: true });
    expect(await velocity.note(attempt([key, two], { card: two }))).toMatchObject({
      counts: [
        [{ cards: 2 }, {}],
        [{ cards: 1 }, {}],
      ],
      cardKnown: false,
    });
  });

  it('does not count the same attempt twice', async () => {
    const key = randomUUID();
    const same = attempt([key], { card: 'c' });
    const told = await Promise.all([velocity.note(same), other.note(same), velocity.note({ ...same, at: start + 5, card: null })]);
    for (const one of told) expect(one.counts).toEqual([counts({ cards: 1 }, { cards: 1 })]);
    expect((await other.note(attempt([key]))).counts).toEqual([counts({ attempts: 2, amount: 200, cards: 1 }, { attempts: 2, amount: 200, cards: 1 })]);
  });

  it('counts what failed, until it turns out otherwise', async () => {
    const key = randomUUID();
    const [one, two] = [attempt([key]), attempt([key])];
    await velocity.note(one);
    await velocity.note(two);
    const failed = async () => (await velocity.note(attempt([key]))).counts[0]?.map((window) => window.failed);
    await velocity.ended([
      { id: one.id, failed: true },
      { id: two.id, failed: true },
      { id: randomUUID(), failed: true },
    ]);
    expect(await failed()).toEqual([2, 2]);
    await other.ended([
      { id: one.id, failed: true },
      { id: two.id, failed: true },
      { id: two.id, failed: false },
    ]);
    expect(await failed()).toEqual([1, 1]);
    await velocity.ended([]);
    expect((await velocity.note(attempt([key], { at: start + 60_000 }))).counts[0]?.map((window) => window.failed)).toEqual([0, 1]);
  });

  it('gives each of many at the same time another number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { maxLength: 30 }), async (all) => {
        const run = randomUUID();
        const told = await Promise.all(
          all.map(async (names, n) => {
            const { counts } = await (n % 2 === 0 ? velocity : other).note(attempt(names.map((name) => `${run} ${name}`)));
            return names.map((name, index) => ({ name, seen: counts[index]?.[0]?.attempts }));
          }),
        );
        for (const name of ['a', 'b', 'c']) {
          const seen = told.flat().flatMap((one) => (one.name === name ? [one.seen] : []));
          expect(seen.toSorted((x = 0, y = 0) => x - y)).toEqual(seen.map((_, index) => index + 1));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('counts a burst like attempts one after the other', async () => {
    const key = randomUUID();
    await velocity.note(attempt([key], { at: start - 70_000, card: 'x' }));
    await velocity.note(attempt([key], { at: start - 30_000, card: 'w' }));
    const burst = ['x', 'y', 'y', 'z', 'x', null].map((card, n) => attempt([key], { card, currency: n === 0 ? 'JPY' : 'GBP' }));
    const told = await Promise.all(burst.map((one) => velocity.note(one)));
    const highest = (window: number, of: keyof VelocityCounts) => Math.max(...told.map(({ counts }) => counts[0]?.[window]?.[of] ?? 0));
    expect([highest(0, 'attempts'), highest(0, 'amount'), highest(0, 'cards')]).toEqual([7, 600, 4]);
    expect([highest(1, 'attempts'), highest(1, 'amount'), highest(1, 'cards')]).toEqual([8, 700, 4]);
  });

  it('counts as one would by hand', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b'),
      after: fc.integer({ min: 0, max: 90_000 }),
      amount: fc.integer({ min: 1, max: 1_000 }),
      currency: fc.constantFrom('GBP', 'JPY'),
      card: fc.constantFrom('x', 'y', null),
      failed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const run = randomUUID();
        const past: (VelocityAttempt & { failed: boolean })[] = [];
        let at = start;
        for (const { key, after, failed, ...change } of steps) {
          at += after;
          const now = attempt([`${run} ${key}`], { ...change, at });
          past.push({ ...now, failed: false });
          expect((await velocity.note(now)).counts).toEqual([windowsMs.map((ms) => byHand(past, now, ms))]);
          await velocity.ended([{ id: now.id, failed }]);
          past.splice(-1, 1, { ...now, failed });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('counts only the latest of very many', async () => {
    const key = randomUUID();
    const seen = await Promise.all(Array.from({ length: most + 5 }, async () => (await velocity.note(attempt([key]))).counts[0]?.[1]?.attempts ?? 0));
    expect(Math.max(...seen)).toBe(most);
  });

  it('has nothing to tell of an attempt by nobody', async () => {
    expect(await velocity.note(attempt([]))).toEqual({ counts: [], cardKnown: false });
  });
};

const byHand = (past: readonly (VelocityAttempt & { failed: boolean })[], { keys, at, currency }: VelocityAttempt, windowMs: number): VelocityCounts => {
  const within = past.filter((one) => one.keys[0] === keys[0] && one.at > at - windowMs);
  return {
    attempts: within.length,
    failed: within.filter(({ failed }) => failed).length,
    amount: within.filter((one) => one.currency === currency).reduce((sum, { amount }) => sum + amount, 0),
    cards: new Set(within.flatMap(({ card }) => card ?? [])).size,
  };
};
