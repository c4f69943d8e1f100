/** Counts what was taken under a key in windows of fixed length, which begin with the first take. */
export type RateLimit = {
  /** Takes one of `limit`, if there is one left in the window. `resetMs`: until the window ends. */
  take: (key: string, window: { limit: number; windowMs: number }) => Promise<{ allowed: boolean; remaining: number; resetMs: number }>;
  close: () => Promise<void>;
};
