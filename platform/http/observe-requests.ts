import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** A request that takes longer, in milliseconds, is told of at info even if it succeeds. */
const slowMs = 1_000;

/** Durations by route pattern and status, and a log line: at info for what failed or was slow, at debug for the rest. Never the URL: it may hold anything. */
export const observeRequests = (app: FastifyInstance, service: string, metrics: Registry): void => {
  const durations = durationsIn(metrics);
  const known = new Map<string, ReturnType<Histogram['labels']>>();

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const ms = reply.elapsedTime;
    const key = `${request.method} ${route} ${reply.statusCode}`;
    let duration = known.get(key);
    if (!duration) {
      duration = durations.labels({ service, method: request.method, route, status: String(reply.statusCode) });
      known.set(key, duration);
    }
    duration.observe(ms / 1_000);
    const level = reply.statusCode >= 400 || ms > slowMs ? 'info' : 'debug';
    if (app.log.level === 'debug' || app.log.level === 'trace' || level === 'info') {
      request.log[level](
        { method: request.method, route, status: reply.statusCode, ms: Math.round(ms * 10) / 10, caller: request.caller?.id, code: request.problemCode },
        'request',
      );
    }
    done();
  });

  app.get(
    '/metrics',
    { config: { permission: 'open' }, schema: { tags: ['Operation'], summary: 'Prometheus metrics', produces: ['text/plain'] } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
};

/** Both services of one process share a registry. */
const durationsIn = (metrics: Registry): Histogram => {
  const name = 'http_request_duration_seconds';
  const there = metrics.getSingleMetric(name);
  if (there instanceof Histogram) return there;
  return new Histogram({
    name,
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['service', 'method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
};
