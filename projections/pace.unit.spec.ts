import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBreaths, openPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const alone = { isAwaited: () => false, isWatched: () => false };

const state = async (breath: Promise<void>): Promise<'breathing' | 'over'> => {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([breath.then(() => 'over' as const), Promise.resolve('breathing' as const).then((it) => it)]);
};

describe('the pace of a projection', () => {
  it('lets events gather after a small batch, for so long', async () => {
    const breath = openPace(openBreaths(), alone).breathe(3);
    await vi.advanceTimersByTimeAsync(39);
    expect(await state(breath)).toBe('breathing');
    await vi.advanceTimersByTimeAsync(1);
    expect(await state(breath)).toBe('over');
  });

  it('ends at the same moment for all who breathe, so that they commit together', async () => {
    const breaths = openBreaths();
    const first = openPace(breaths, alone).breathe(1);
    await vi.advanceTimersByTimeAsync(25);
    const second = openPace(breaths, alone).breathe(1);
    await vi.advanceTimersByTimeAsync(14);
    expect([await state(first), await state(second)]).toEqual(['breathing', 'breathing']);
    await vi.advanceTimersByTimeAsync(1);
    expect([await state(first), await state(second)]).toEqual(['over', 'over']);
  });

  it('lets more gather while there is much to do, whoever does it, and less again afterwards', async () => {
    const breaths = openBreaths();
    const [one, other] = [openPace(breaths, alone), openPace(breaths, alone)];
    void one.breathe(39);
    const long = other.breathe(1);
    await vi.advanceTimersByTimeAsync(119);
    expect(await state(long)).toBe('breathing');
    await vi.advanceTimersByTimeAsync(1);
    expect(await state(long)).toBe('over');
    // What was done a moment ago counts still, what was done before that doesn't.
    const next = other.breathe(1);
    await vi.advanceTimersByTimeAsync(119);
    expect(await state(next)).toBe('breathing');
    await vi.advanceTimersByTimeAsync(121);
    const short = other.breathe(1);
    await vi.advanceTimersByTimeAsync(40);
    expect(await state(short)).toBe('over');
  });

  it('goes on at once after none or many, and while somebody waits', async () => {
    expect(await state(openPace(openBreaths(), alone).breathe(0))).toBe('over');
    expect(await state(openPace(openBreaths(), alone).breathe(500))).toBe('over');
    expect(await state(openPace(openBreaths(), { ...alone, isAwaited: () => true }).breathe(1))).toBe('over');
  });

  it('lets few gather while somebody looks on, however much there is to do', async () => {
    const watched = openPace(openBreaths(), { ...alone, isWatched: () => true });
    void watched.breathe(400);
    const breath = watched.breathe(1);
    await vi.advanceTimersByTimeAsync(19);
    expect(await state(breath)).toBe('breathing');
    await vi.advanceTimersByTimeAsync(1);
    expect(await state(breath)).toBe('over');
  });

  it('goes on when somebody begins to wait, and breathes again later', async () => {
    const pace = openPace(openBreaths(), alone);
    const breath = pace.breathe(1);
    pace.hurry();
    expect(await state(breath)).toBe('over');
    expect(await state(pace.breathe(1))).toBe('breathing');
  });

  it('breathes no more once it is stopped', async () => {
    const pace = openPace(openBreaths(), alone);
    const breath = pace.breathe(1);
    pace.stop();
    expect(await state(breath)).toBe('over');
    expect(await state(pace.breathe(1))).toBe('over');
  });
});
