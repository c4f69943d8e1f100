import { type Counted, type Limits as LimitRules, sharesOf } from '../../domain/notification/limits.ts';
import type { RateLimit } from '../../platform/rate-limit/rate-limit.ts';

/** Takes one of each share that the delivery counts against at `at` (RFC 3339); says what to do where one is used up. */
export type Limits = (counted: Counted & { at: string }) => Promise<{ policy: 'drop' } | { policy: 'delay'; until: string } | undefined>;

export const noLimits: Limits = async () => undefined;

/** By the rules of this moment. What has to wait is spread over the next windows, so that not all of it comes back at once. */
export const openLimits =
  (rules: () => LimitRules, { take }: Pick<RateLimit, 'take'>): Limits =>
  async ({ at, ...counted }) => {
    for (const { limit, key } of sharesOf(rules(), counted)) {
      const windowMs = limit.windowSeconds * 1_000;
      const share = await take(`notifications ${key}`, { limit: limit.limit, windowMs });
      if (share.allowed) continue;
      if (limit.policy === 'drop') return { policy: 'drop' };
      const line = await take(`notifications waiting ${key}`, { limit: Number.MAX_SAFE_INTEGER, windowMs: share.resetMs });
      const ahead = Number.MAX_SAFE_INTEGER - line.remaining - 1;
      const waitMs = share.resetMs + Math.floor(ahead / limit.limit) * windowMs;
      return { policy: 'delay', until: new Date(Date.parse(at) + waitMs).toISOString() };
    }
    return undefined;
  };
