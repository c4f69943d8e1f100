import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inBatches } from './in-batches.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Writes that end when they are let; what was written, batch by batch. */
const writer = (settings: { size?: number; atOnce?: number; apartMs?: number }) => {
  const batches: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const put = inBatches(async (items: readonly number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((item) => item * 10);
  }, settings);
  const end = async () => {
    for (const one of ends.splice(0)) one();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { batches, put, end };
};

describe('writing in batches', () => {
  it('takes together what comes in one moment, and what comes while batches are being written', async () => {
    const { batches, put, end } = writer({ atOnce: 1 });
    const answers = [1, 2].map(put);
    await vi.advanceTimersByTimeAsync(0);
    answers.push(put(3), put(4));
    await end();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await end();
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40]);
  });

  it('writes no more than so many at once, in so many batches', async () => {
    const { batches, put, end } = writer({ size: 2, atOnce: 2 });
    for (const item of [1, 2, 3, 4, 5]) void put(item);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.flat().length).toBeLessThanOrEqual(4);
    await end();
    await end();
    expect(batches.flat()).toEqual([1, 2, 3, 4, 5]);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(2);
  });

  it('lets batches gather that have to be apart, and writes the first after a pause at once', async () => {
    const { batches, put, end } = writer({ apartMs: 5 });
    void put(1);
    await end();
    expect(batches).toEqual([[1]]);
    void put(2);
    await vi.advanceTimersByTimeAsync(2);
    void put(3);
    await vi.advanceTimersByTimeAsync(2);
    expect(batches).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([[1], [2, 3]]);
    await end();
    await vi.advanceTimersByTimeAsync(5);
    void put(4);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('throws what a write throws to each of its batch, and goes on', async () => {
    const put = inBatches(async (items: readonly number[]) => {
      if (items.includes(1)) throw new Error('refused');
      return items;
    });
    await expect(Promise.allSettled([put(1), put(2)])).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(await put(3)).toBe(3);
  });
});
