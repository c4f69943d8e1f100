import type { FastifyInstance } from 'fastify';
import { problem } from './problem.ts';

/** The part of the rate-limit port that is used here. */
export type RateLimitTake = (key: string, window: { limit: number; windowMs: number }) => Promise<{ allowed: boolean; remaining: number; resetMs: number }>;

export type RequestLimit = { take: RateLimitTake; limit: number; windowMs: number };

/** Requests per caller, or per address where a route is open; pages, health and metrics are not counted. */
export const limitRequests = (app: FastifyInstance, { take, limit, windowMs }: RequestLimit): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    const key = request.routeOptions.config.permission === 'open' || request.is404 ? `address:${request.ip}` : request.caller.id;
    const { allowed, remaining, resetMs } = await take(`requests:${key}`, { limit, windowMs });
    const reset = String(Math.ceil(resetMs / 1_000));
    reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset });
    if (allowed) return;
    throw problem(429, 'rate_limited', {
      detail: `More than ${limit} requests in ${windowMs / 1_000} s. Try again in ${reset} s.`,
      headers: { 'retry-after': reset === '0' ? '1' : reset },
    });
  });
};
