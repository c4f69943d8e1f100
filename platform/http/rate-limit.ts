import type { FastifyInstance } from 'fastify';
import type { RateLimit, Taken } from '../rate-limit/rate-limit.ts';
import { type Problem, problem } from './problem.ts';
import { whenKnown } from './when-known.ts';

export type RequestLimit = { take: RateLimit['take']; limit: number; windowMs: number };

/** Requests per caller, or per address where a route is open; pages, health and metrics are not counted. */
export const limitRequests = (app: FastifyInstance, { take, limit, windowMs }: RequestLimit): void => {
  const refusal = (reset: string): Problem =>
    problem(429, 'rate_limited', {
      detail: `More than ${limit} requests in ${windowMs / 1_000} s. Try again in ${reset} s.`,
      headers: { 'retry-after': reset === '0' ? '1' : reset },
    });
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/api/')) return done();
    const key = request.routeOptions.config.permission === 'open' || request.is404 ? `address:${request.ip}` : request.caller.id;
    const admit = ({ allowed, remaining, resetMs }: Taken): void => {
      const reset = String(Math.ceil(resetMs / 1_000));
      reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset });
      done(allowed ? undefined : refusal(reset));
    };
    whenKnown(take(`requests:${key}`, { limit, windowMs }), admit, done);
  });
};
