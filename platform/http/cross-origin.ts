import type { FastifyInstance } from 'fastify';

const exposed = 'x-position, idempotency-replayed, preference-applied, location, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset';

/** The names of this machine for itself are one: whoever opens `localhost` is told of `127.0.0.1`. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin.replace(/\/\/(?:localhost|\[::1\])(?=:|$)/, '//127.0.0.1') : url);

/** Lets pages of these origins, and of no other, call what is at a URL of this service. */
export const allowOrigins = (app: FastifyInstance, originsFor: (url: string) => readonly string[]): void => {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    reply.header('vary', 'Origin');
    const asked = originOf(origin);
    if (!originsFor(request.url).some((allowed) => originOf(allowed) === asked)) return done();
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    return void reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-allow-headers': 'authorization, content-type, idempotency-key, prefer, x-after-position, traceparent',
        'access-control-max-age': '600',
      })
      .send();
  });
};
