import { fileURLToPath } from 'node:url';
import { Histogram } from 'prom-client';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../telemetry/metrics.ts';
import { apiKey, apiKeys } from './api-keys.ts';
import type { AppOptions } from './app.ts';
import { appForTests, asAdmin } from './app-for-tests.ts';
import { Closed, Id, Page, ProblemBody, Uuid } from './schemas.ts';

const routes: AppOptions['routes'] = [
  async (app) => {
    const schema = {
      params: Id,
      body: Closed({ amount: Type.Integer() }),
      response: { 200: Page(Type.Object({ id: Uuid })), 402: ProblemBody, 409: ProblemBody },
      summary: 'Captures <part> of it',
    };
    app.post('/api/v1/payments/:id/capture', { config: { permission: 'payments:write' }, schema }, async () => ({ data: [], nextCursor: null }));
  },
];

describe('health', () => {
  const healthOf = async (checks: Record<string, () => Promise<void>>) => {
    const { app } = await appForTests({ checks: () => checks });
    const answer = await app.inject('/health');
    return { status: answer.statusCode, body: answer.json(), text: answer.body };
  };

  it('looks at everything, and is down with one of them', async () => {
    expect(await healthOf({ postgres: async () => {} })).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { postgres: { status: 'ok', latencyMs: expect.any(Number) } } },
    });
    const ill = await healthOf({ postgres: async () => {}, jobs: async () => Promise.reject(new Error('secret of redis')) });
    expect(ill).toMatchObject({ status: 503, body: { status: 'down', checks: { postgres: { status: 'ok' }, jobs: { status: 'down' } } } });
    expect(ill.text).not.toContain('secret');
  });

  it('calls down what does not answer', async () => {
    expect(await healthOf({ stuck: () => new Promise(() => {}) })).toMatchObject({ status: 503, body: { checks: { stuck: { status: 'down' } } } });
  });

  it('looks once for all who ask at one time', async () => {
    let looks = 0;
    const looked = Promise.withResolvers<void>();
    const look = () => {
      looks += 1;
      return looked.promise;
    };
    const { app } = await appForTests({ checks: () => ({ look }) });
    const answers = ['/health', '/health', '/health'].map((url) => app.inject(url).then(({ statusCode }) => statusCode));
    while (looks === 0) await app.inject('/health/live');
    looked.resolve();
    expect(await Promise.all(answers)).toEqual([200, 200, 200]);
    expect(looks).toBe(1);
  });

  it('is live at once, and ready when it is', async () => {
    let ready = false;
    const { app } = await appForTests({ ready: () => ready });
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    expect((await app.inject('/health/ready')).statusCode).toBe(503);
    ready = true;
    expect((await app.inject('/health/ready')).json()).toEqual({ status: 'ok' });
  });
});

describe('metrics', () => {
  it('count requests by route and status, never by URL, and hold those of other parts', async () => {
    const metrics = createMetrics();
    new Histogram({ name: 'of_another_part', help: 'x', registers: [metrics] }).observe(1);
    const { app } = await appForTests({ metrics, routes });
    await app.inject({ method: 'POST', url: '/api/v1/payments/0190b8a0-0000-7000-8000-000000000001/capture', payload: { amount: 1 }, headers: asAdmin });
    await app.inject('/somewhere/else');
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(body).toContain('http_request_duration_seconds_count{service="payment",method="POST",route="/api/v1/payments/:id/capture",status="200"} 1');
    expect(body).toContain('route="unknown",status="404"} 1');
    expect(body).not.toContain('0190b8a0');
    for (const name of ['of_another_part_sum 1', 'nodejs_eventloop_lag_seconds', 'process_cpu_seconds_total']) expect(body).toContain(name);
  });

  it('are shared by both services of one process', async () => {
    const metrics = createMetrics();
    const apps = [await appForTests({ metrics, service: 'payment' }), await appForTests({ metrics, service: 'notification' })];
    for (const { app } of apps) await app.inject('/health/live');
    expect((await apps[0]?.app.inject('/metrics'))?.body).toMatch(/service="payment"[\s\S]*service="notification"/);
  });
});

describe('the log', () => {
  it('has a line per request: at info what failed, at debug the rest', async () => {
    const { app, logged } = await appForTests({ routes });
    await app.inject('/health/live');
    await app.inject('/nowhere?token=hunter2');
    expect(logged()).toMatchObject([
      { level: 'debug', method: 'GET', route: '/health/live', status: 200 },
      { level: 'info', route: 'unknown', status: 404, code: 'route_not_found', traceId: expect.any(String) },
    ]);
    expect(JSON.stringify(logged())).not.toContain('hunter2');
  });
});

describe('limits', () => {
  it('are kept per caller, told in each answer, and end in 429', async () => {
    const taken = new Map<string, number>();
    const take = async (key: string, { limit }: { limit: number }) => {
      taken.set(key, (taken.get(key) ?? 0) + 1);
      const used = taken.get(key) ?? 0;
      return { allowed: used <= limit, remaining: Math.max(0, limit - used), resetMs: 1_500 };
    };
    const authenticate = apiKeys([apiKey('a', 'key-of-a', ['*:*']), apiKey('b', 'key-of-b', ['*:*'])]);
    const { app } = await appForTests({ routes, authenticate, limit: { take, limit: 2, windowMs: 1_000 } });
    const ask = (key: string) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/payments/0190b8a0-0000-7000-8000-000000000001/capture',
        payload: { amount: 1 },
        headers: { authorization: `Bearer ${key}` },
      });
    expect((await ask('key-of-a')).headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '2' });
    await ask('key-of-a');
    const refused = await ask('key-of-a');
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after'], refused.headers['ratelimit-remaining']]).toEqual([
      429,
      'rate_limited',
      '2',
      '0',
    ]);
    expect((await ask('key-of-b')).statusCode).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await app.inject('/health/live')).statusCode).toBe(200);
  });
});

describe('what it says of itself', () => {
  it('is its name, version, roles and links', async () => {
    const { app } = await appForTests({ links: () => ({ notification: 'http://localhost:3002' }) });
    expect((await app.inject('/')).json()).toEqual({
      name: 'Test',
      service: 'payment',
      version: '0.0.0',
      roles: ['payment'],
      links: { docs: '/docs', openapi: '/openapi.json', health: '/health', metrics: '/metrics', notification: 'http://localhost:3002' },
    });
  });

  it('is an OpenAPI document of the routes as they are', async () => {
    const { app } = await appForTests({ routes });
    const document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const operation = document.paths['/api/v1/payments/{id}/capture'].post;
    expect(operation).toMatchObject({
      operationId: 'postApiV1PaymentsIdCapture',
      tags: ['Payments'],
      security: [{ bearer: ['payments:write'] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { properties: { amount: { type: 'integer' } }, additionalProperties: false } } },
      },
      responses: {
        402: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
        default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
    });
    expect(operation.parameters.map(({ name }: { name: string }) => name)).toEqual(['id', 'Idempotency-Key']);
    expect(document.components.schemas).toEqual({ Problem: expect.objectContaining({ title: 'Problem', type: 'object' }) });
    expect(JSON.stringify(document)).not.toContain('$id');
    expect(Object.keys(document.paths)).not.toContain('/docs');
  });

  it('is a page that needs nothing from elsewhere and runs nothing', async () => {
    const { app } = await appForTests({ routes });
    const { body, headers } = await app.inject('/docs');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(body).toContain('/api/v1/payments/{id}/capture');
    expect(body).toContain('Captures &#60;part&#62; of it');
    expect(body).not.toMatch(/<script|https?:\/\/(?!\w*localhost)/);
  });
});

describe('the console', () => {
  const consoleDirectory = fileURLToPath(new URL('../../console', import.meta.url));
  const options = { consoleDirectory, origins: () => ['http://127.0.0.1:3002/'] };

  it('is pages under a policy that lets them load and call nothing but our two services', async () => {
    const { app } = await appForTests(options);
    expect((await app.inject('/console')).headers.location).toBe('/console/');
    const { statusCode, headers } = await app.inject('/console/');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' http://127.0.0.1:3002 ws://127.0.0.1:3002; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect((await app.inject('/console/mail.html')).headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:;/,
    );
  });

  it.each(['/console/nothing.js', '/console/../package.json', '/console/%2e%2e/package.json', '/console/..%2fpackage.json'])(
    'holds nothing else: %s',
    async (url) => {
      const { app } = await appForTests(options);
      const answer = await app.inject(url);
      expect([403, 404]).toContain(answer.statusCode);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );
});

describe('pages of other origins', () => {
  const origins = () => ['http://127.0.0.1:3002'];
  const ask = async (origin: string, method: 'GET' | 'OPTIONS' = 'GET') => {
    const { app } = await appForTests({ routes, origins });
    return app.inject({ method, url: '/', headers: { origin, ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST' }) } });
  };

  it('may call if they are the other console', async () => {
    expect((await ask('http://127.0.0.1:3002')).headers).toMatchObject({ 'access-control-allow-origin': 'http://127.0.0.1:3002', vary: 'Origin' });
    const preflight = await ask('http://127.0.0.1:3002', 'OPTIONS');
    expect([preflight.statusCode, preflight.headers['access-control-allow-headers']]).toEqual([204, expect.stringContaining('authorization')]);
  });

  it('may call by another name of this machine, at the same port', async () => {
    expect((await ask('http://localhost:3002')).headers).toMatchObject({ 'access-control-allow-origin': 'http://localhost:3002' });
    expect((await ask('http://localhost.evil.example:3002')).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('may call what is for front ends, and that alone, if they are one', async () => {
    const shop = 'https://shop.example';
    const { app } = await appForTests({ routes, origins, frontEnds: { under: '/api/v1/feed/', origins: [shop] } });
    const allowed = async (url: string, origin = shop) =>
      (await app.inject({ method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': 'POST' } })).headers['access-control-allow-origin'];
    expect(await allowed('/api/v1/feed/u1/read')).toBe(shop);
    for (const url of ['/', '/api/v1/feed', '/api/v1/payments', '/api/v1/payments?/api/v1/feed/', '/api/v1/%66eed/u1'])
      expect(await allowed(url)).toBeUndefined();
    expect(await allowed('/api/v1/feed/u1', 'https://evil.example')).toBeUndefined();
  });

  it('may not otherwise', async () => {
    for (const origin of ['http://127.0.0.1:3003', 'http://evil.example', 'null']) {
      expect((await ask(origin)).headers).not.toHaveProperty('access-control-allow-origin');
      expect((await ask(origin, 'OPTIONS')).headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});
