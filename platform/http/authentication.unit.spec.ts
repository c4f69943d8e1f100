import { describe, expect, it } from 'vitest';
import { apiKey, apiKeys, newApiKey } from './api-keys.ts';
import { adminKey, appForTests, asAdmin } from './app-for-tests.ts';
import { anyOf, spokenProtocol } from './authentication.ts';
import { permits } from './permission.ts';

const routes = [
  async (app: import('fastify').FastifyInstance) => {
    app.get('/api/v1/payments', { config: { permission: 'payments:read' } }, async ({ caller }) => ({ caller: caller.id }));
    app.get('/open', { config: { permission: 'open' } }, async ({ caller }) => ({ caller: caller.id }));
  },
];
const url = '/api/v1/payments';
const authenticate = apiKeys([
  apiKey('reader', 'key-of-a-reader', ['payments:read']),
  apiKey('mailer', 'key-of-a-mailer', ['notifications:*', 'payments:write']),
]);

describe('a caller', () => {
  it('is known by its key, and may do what the key permits', async () => {
    const { app } = await appForTests({ routes, authenticate });
    const answer = await app.inject({ url, headers: { authorization: 'bearer  key-of-a-reader' } });
    expect(answer.json()).toEqual({ caller: 'key:reader' });
  });

  it('without the permission is told which one it needs', async () => {
    const { app } = await appForTests({ routes, authenticate });
    const answer = await app.inject({ url, headers: { authorization: 'Bearer key-of-a-mailer' } });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'forbidden', permission: 'payments:read', detail: 'This needs the permission payments:read.' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="payment", error="insufficient_scope", scope="payments:read"');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic a2V5', 'Bearer nobody', `Bearer ${adminKey}x`, `Bearer ${adminKey} x`, adminKey])(
    'with %j is not known',
    async (authorization) => {
      const { app } = await appForTests({ routes });
      const answer = await app.inject({ url, headers: authorization === undefined ? {} : { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="payment"/);
      expect(answer.body).not.toContain(adminKey);
    },
  );

  it('is not known by a key in the URL, or by a socket protocol on a plain request', async () => {
    const { app } = await appForTests({ routes });
    expect((await app.inject({ url: `${url}?access_token=${adminKey}` })).statusCode).toBe(401);
    const protocol = `bearer.${Buffer.from(adminKey).toString('base64url')}`;
    expect((await app.inject({ url, headers: { 'sec-websocket-protocol': protocol } })).statusCode).toBe(401);
  });

  it('is nobody on an open route, whatever it sends', async () => {
    const { app } = await appForTests({ routes });
    expect((await app.inject({ url: '/open', headers: asAdmin })).json()).toEqual({ caller: 'anonymous' });
  });

  it('may be known in one of several ways, some of which take time', async () => {
    const later = async (credential: string) => (credential === 'a-token' ? { id: 'jwt:ann', permissions: ['payments:read'] } : undefined);
    const { app } = await appForTests({ routes, authenticate: anyOf(authenticate, later) });
    const callerOf = async (credential: string) => (await app.inject({ url, headers: { authorization: `Bearer ${credential}` } })).json();
    expect(await callerOf('a-token')).toEqual({ caller: 'jwt:ann' });
    expect(await callerOf('key-of-a-reader')).toEqual({ caller: 'key:reader' });
    expect(await callerOf('nothing')).toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a caller who may do something for themselves alone', () => {
  const own = { permission: 'feed:own', parameter: 'userId' } as const;
  const feeds = [
    async (app: import('fastify').FastifyInstance) => {
      app.get('/feed/:userId', { config: { permission: 'feed:read', own } }, async ({ caller }) => ({ caller: caller.id }));
      app.get('/feeds', { config: { permission: 'feed:read', own } }, async () => ({}));
      app.get('/others/:userId', { config: { permission: 'others:read' } }, async () => ({}));
    },
  ];
  const callers: Record<string, import('./route.ts').Caller> = {
    'token-of-ann': { id: 'user:ann', permissions: ['feed:own'], subject: 'ann' },
    'token-without-permission': { id: 'jwt:ann', permissions: [], subject: 'ann' },
    'key-without-subject': { id: 'key:k', permissions: ['feed:own'] },
    'key-of-a-server': { id: 'key:s', permissions: ['feed:read'] },
  };
  const status = async (url: string, credential: string) => {
    const { app } = await appForTests({ routes: feeds, authenticate: (one) => callers[one] });
    return (await app.inject({ url, headers: { authorization: `Bearer ${credential}` } })).statusCode;
  };

  it('is let to what is their own', async () => {
    expect([await status('/feed/ann', 'token-of-ann'), await status('/feed/%61nn', 'token-of-ann')]).toEqual([200, 200]);
    expect([await status('/feed/ann', 'key-of-a-server'), await status('/feed/bob', 'key-of-a-server')]).toEqual([200, 200]);
  });

  it('is refused everything else', async () => {
    for (const url of ['/feed/bob', '/feed/ANN', '/feed/ann%20', '/feeds', '/others/ann']) expect(await status(url, 'token-of-ann')).toBe(403);
    for (const credential of ['token-without-permission', 'key-without-subject']) expect(await status('/feed/ann', credential)).toBe(403);
    expect(await status('/feed/undefined', 'key-without-subject')).toBe(403);
  });
});

it('a route that names no permission is refused at start-up', async () => {
  const careless = async (app: import('fastify').FastifyInstance) => void app.get('/secrets', async () => ({}));
  await expect(appForTests({ routes: [careless] })).rejects.toThrow('the route GET /secrets names no permission');
});

describe('permissions', () => {
  const may = (...permissions: string[]) => permits({ id: 'x', permissions }, 'payments:read');
  it('cover what they name', () => {
    expect([may('payments:read'), may('payments:*'), may('*:*')]).toEqual([true, true, true]);
    expect([may(), may('payments:write'), may('payment:*'), may('*:read'), may('notifications:*', 'payments:readonly')]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('that are misspelt never get into a key', () => {
    expect(() => apiKey('x', newApiKey(), ['payments'])).toThrow('has the permission "payments"');
  });
});

it('no key is spoken back to a socket that offers it', () => {
  expect(spokenProtocol(new Set(['bearer.c2VjcmV0', 'feed.v1']))).toBe('feed.v1');
  expect(spokenProtocol(new Set(['bearer.c2VjcmV0']))).toBe(false);
});
