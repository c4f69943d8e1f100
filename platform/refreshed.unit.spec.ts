import { describe, expect, it, vi } from 'vitest';
import { refreshed } from './refreshed.ts';

const given = () => {
  let time = 0;
  const errors: unknown[] = [];
  const look = vi.fn<() => Promise<string>>().mockResolvedValue('first');
  const one = refreshed(look, { everyMs: 100, now: () => time, onError: (error) => errors.push(error) });
  return { ...one, look, errors, at: (ms: number) => (time = ms) };
};

describe('what is refreshed', () => {
  it('is not there at first, and nobody waits for it', async () => {
    const { current, refresh, look } = given();
    expect(current()).toBeUndefined();
    expect(current()).toBeUndefined();
    await refresh();
    expect(look).toHaveBeenCalledTimes(1);
    expect(current()).toBe('first');
  });

  it('is looked for again when it is old, while the old is still told', async () => {
    const { current, refresh, look, at } = given();
    await refresh();
    at(99);
    current();
    expect(look).toHaveBeenCalledTimes(1);
    look.mockResolvedValue('second');
    at(100);
    expect(current()).toBe('first');
    await refresh();
    expect(current()).toBe('second');
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('is waited for by who wants no old one', async () => {
    const { fresh, look, at } = given();
    expect(await fresh()).toBe('first');
    look.mockResolvedValue('second');
    at(99);
    expect(await fresh()).toBe('first');
    at(100);
    expect(await fresh()).toBe('second');
  });

  it('stays as it was when it cannot be found, and is tried again later', async () => {
    const { current, refresh, look, errors, at } = given();
    await refresh();
    look.mockRejectedValueOnce(new Error('gone'));
    await refresh();
    expect(errors).toHaveLength(1);
    expect(current()).toBe('first');
    at(200);
    current();
    expect(look).toHaveBeenCalledTimes(3);
  });
});
