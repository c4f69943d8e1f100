import type { RateLimit } from './rate-limit.ts';

type Window = { taken: number; endsAt: number };

/**
 * Rate limits of this process. Holds `maxKeys` at most: windows that have ended go first, then the oldest, so that many callers can't fill
 * the memory (at worst a caller among very many begins a new window early).
 */
export const memoryRateLimit = ({ maxKeys = 100_000, now = Date.now }: { maxKeys?: number; now?: () => number } = {}): RateLimit => {
  // In the order of insertion: the first is the window that began first.
  const windows = new Map<string, Window>();

  const makeRoom = (): void => {
    for (const [key, { endsAt }] of windows) {
      if (windows.size < maxKeys && endsAt > now()) return;
      windows.delete(key);
    }
  };
  const current = (key: string, windowMs: number): Window => {
    const known = windows.get(key);
    if (known && known.endsAt > now()) return known;
    windows.delete(key);
    makeRoom();
    const window = { taken: 0, endsAt: now() + windowMs };
    windows.set(key, window);
    return window;
  };

  return {
    take: (key, { limit, windowMs }) => {
      const window = current(key, windowMs);
      const allowed = window.taken < limit;
      if (allowed) window.taken += 1;
      return { allowed, remaining: Math.max(0, limit - window.taken), resetMs: window.endsAt - now() };
    },
    close: async () => windows.clear(),
  };
};
