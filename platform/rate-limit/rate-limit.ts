/** `resetMs`: until the window ends. */
export type Taken = { allowed: boolean; remaining: number; resetMs: number };

/** Counts what was taken under a key in windows of fixed length, which begin with the first take. */
export type RateLimit = {
  /** Takes one of `limit`, if there is one left in the window. Answers at once where it can, to spare each request a promise. */
  take: (key: string, window: { limit: number; windowMs: number }) => Taken | Promise<Taken>;
  close: () => Promise<void>;
};
