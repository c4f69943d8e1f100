import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const state = async (breath: Promise<void>): Promise<'breathing' | 'over'> => {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([breath.then(() => 'over' as const), Promise.resolve('breathing' as const).then((it) => it)]);
};

describe('the pace of a projection', () => {
  it('lets events gather after a small batch, for so long', async () => {
    const breath = openPace(40, () => false).breathe(3);
    await vi.advanceTimersByTimeAsync(39);
    expect(await state(breath)).toBe('breathing');
    await vi.advanceTimersByTimeAsync(1);
    expect(await state(breath)).toBe('over');
  });

  it('ends at the same moment for all who breathe, so that they commit together', async () => {
    const first = openPace(40, () => false).breathe(1);
    await vi.advanceTimersByTimeAsync(25);
    const second = openPace(40, () => false).breathe(1);
    await vi.advanceTimersByTimeAsync(14);
    expect([await state(first), await state(second)]).toEqual(['breathing', 'breathing']);
    await vi.advanceTimersByTimeAsync(1);
    expect([await state(first), await state(second)]).toEqual(['over', 'over']);
  });

  it('goes on at once after none or many, and while somebody waits', async () => {
    expect(await state(openPace(40, () => false).breathe(0))).toBe('over');
    expect(await state(openPace(40, () => false).breathe(500))).toBe('over');
    expect(await state(openPace(40, () => true).breathe(1))).toBe('over');
  });

  it('goes on when somebody begins to wait, and breathes again later', async () => {
    const pace = openPace(40, () => false);
    const breath = pace.breathe(1);
    pace.hurry();
    expect(await state(breath)).toBe('over');
    expect(await state(pace.breathe(1))).toBe('breathing');
  });

  it('breathes no more once it is stopped', async () => {
    const pace = openPace(40, () => false);
    const breath = pace.breathe(1);
    pace.stop();
    expect(await state(breath)).toBe('over');
    expect(await state(pace.breathe(1))).toBe('over');
  });
});
