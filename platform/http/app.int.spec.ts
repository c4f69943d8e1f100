import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify from 'fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { AppOptions } from './app.ts';
import { adminKey, appForTests, asAdmin } from './app-for-tests.ts';
import { acceptBytes, acceptForms } from './json-body.ts';
import { jsonWebTokens } from './json-web-token.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const listening = async (options: Partial<AppOptions>) => {
  const test = await appForTests(options);
  await test.app.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => test.app.close());
  const { port } = test.app.server.address() as AddressInfo;
  return { ...test, port, url: `http://127.0.0.1:${port}` };
};

const routes: AppOptions['routes'] = [
  async (app) => {
    app.post('/api/v1/payments', { config: { permission: 'payments:write' } }, async ({ body }) => ({ body }));
    app.get('/api/v1/payments', { config: { permission: 'payments:read' } }, async ({ caller }) => ({ caller: caller.id }));
  },
];

/** What comes back on a bare socket for these bytes. */
const raw = async (port: number, ...parts: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  socket.on('error', () => {});
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return answer;
};

describe('over a real socket', () => {
  it('what is no HTTP is answered with a problem', async () => {
    const { port } = await listening({ routes });
    expect(await raw(port, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1.1 400 Bad Request\r\nContent-Type: application\/problem\+json[\s\S]*"code":"malformed_request"/);
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 [\s\S]*"code":"headers_too_large"/);
    expect(await raw(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('a body that is too large is refused before it has all come, with its length said or not', async () => {
    const { port } = await listening({ routes });
    const head = `POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${adminKey}\r\nContent-Type: application/json\r\n`;
    expect(await raw(port, `${head}Content-Length: 10000000\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"body_too_large"/);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expect(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n`, ...Array.from({ length: 5 }, () => chunk))).toMatch(
      /^HTTP\/1.1 413 [\s\S]*"code":"body_too_large"/,
    );
  });

  it('an unknown caller is refused before its body is read', async () => {
    const { url } = await listening({ routes });
    const answer = await fetch(`${url}/api/v1/payments`, { method: 'POST', body: '{"broken', headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(401);
  });

  it('closing lets the request in hand finish', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { app, url } = await listening({
      routes: [
        async (app) => {
          app.get('/slow', { config: { permission: 'open' } }, async () => {
            arrived.resolve();
            await release.promise;
            return { finished: true };
          });
        },
      ],
    });
    const answer = fetch(`${url}/slow`);
    await arrived.promise;
    const closed = app.close();
    release.resolve();
    expect(await (await answer).json()).toEqual({ finished: true });
    await closed;
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
  });

  it('raw bytes and forms reach the routes that ask for them, and only those', async () => {
    const { url } = await listening({
      routes: [
        ...routes,
        async (app) => {
          acceptBytes(app);
          app.post('/hook', { config: { permission: 'open' } }, async ({ body }) => ({ bytes: Buffer.isBuffer(body) && body.toString() }));
        },
        async (app) => {
          acceptForms(app);
          app.post('/form', { config: { permission: 'open' } }, async ({ body }) => ({ body }));
        },
      ],
    });
    const send = async (path: string, type: string, body: string) =>
      (await fetch(`${url}${path}`, { method: 'POST', body, headers: { ...asAdmin, 'content-type': type } })).json();
    expect(await send('/hook', 'application/json', '{ "a" : 1 }')).toEqual({ bytes: '{ "a" : 1 }' });
    expect(await send('/hook', 'text/weird', 'xyz')).toEqual({ bytes: 'xyz' });
    expect(await send('/form', 'application/x-www-form-urlencoded', 'approve=true')).toEqual({ body: { approve: 'true' } });
    expect(await send('/form', 'application/json', '{"approve":true}')).toEqual({ body: { approve: true } });
    expect(await send('/api/v1/payments', 'application/x-www-form-urlencoded', 'a=b')).toMatchObject({ status: 415 });
  });
});

describe('a JWT', () => {
  const issuer = 'https://id.example';
  const audience = 'commerce';

  const identityProvider = async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const provider = Fastify();
    provider.get('/jwks', async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] }));
    await provider.listen({ host: '127.0.0.1', port: 0 });
    closing.push(() => provider.close());
    const jwksUrl = `http://127.0.0.1:${(provider.server.address() as AddressInfo).port}/jwks`;
    const token = (claims: Record<string, unknown>, key = privateKey) => {
      const { iss = issuer, aud = audience, sub = 'ann', exp = '5m', ...rest } = claims as Record<string, string>;
      return new SignJWT(rest).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).setIssuer(iss).setAudience(aud).setSubject(sub).setExpirationTime(exp).sign(key);
    };
    return { jwksUrl, token, provider };
  };
  const ask = async (url: string, credential: string) => {
    const answer = await fetch(`${url}/api/v1/payments`, { headers: { authorization: `Bearer ${credential}` } });
    return { status: answer.status, body: await answer.json() };
  };

  it('is taken from its issuer, with the permissions of scope or permissions', async () => {
    const { jwksUrl, token } = await identityProvider();
    const { url } = await listening({ routes, authenticate: jsonWebTokens({ jwksUrl, issuer, audience }) });
    expect(await ask(url, await token({ scope: 'openid payments:read' }))).toEqual({ status: 200, body: { caller: 'jwt:ann' } });
    expect(await ask(url, await token({ permissions: ['payments:*', 7] }))).toMatchObject({ status: 200 });
    expect(await ask(url, await token({ scope: 'payments:write' }))).toMatchObject({ status: 403 });
  });

  it('is refused from others, for others, too old, unsigned, or signed by another', async () => {
    const { jwksUrl, token } = await identityProvider();
    const { url } = await listening({ routes, authenticate: jsonWebTokens({ jwksUrl, issuer, audience }) });
    const other = await generateKeyPair('ES256');
    const scope = 'payments:read';
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: issuer, aud: audience, sub: 'ann', exp: 9e9, scope })).toString('base64url')}.`;
    const shared = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ann')
      .setExpirationTime('5m')
      .sign(new Uint8Array(32));
    const wrong = [
      await token({ scope, iss: 'https://evil.example' }),
      await token({ scope, aud: 'shop' }),
      await token({ scope, exp: '-1m' }),
      unsigned,
      shared,
      await token({ scope }, other.privateKey),
      'a.b.c',
      adminKey,
    ];
    for (const credential of wrong) expect(await ask(url, credential)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('is neither taken nor refused while its keys can not be had', async () => {
    const { jwksUrl, token, provider } = await identityProvider();
    await provider.close();
    const { url } = await listening({ routes, authenticate: jsonWebTokens({ jwksUrl, issuer, audience }) });
    expect(await ask(url, await token({ scope: 'payments:read' }))).toMatchObject({ status: 503, body: { code: 'token_keys_unavailable' } });
  });
});

describe('a WebSocket', () => {
  const feed: AppOptions['routes'] = [
    async (app) => {
      app.get('/live', { websocket: true, config: { permission: 'feeds:read' } }, (socket, { caller }) => socket.send(caller.id));
    },
  ];
  const bearer = `bearer.${Buffer.from(adminKey).toString('base64url')}`;
  const refusal = async (socket: WebSocket): Promise<number | undefined> => {
    socket.on('error', () => {});
    const [, answer] = await once(socket, 'unexpected-response');
    return answer.statusCode;
  };

  it('opens for a key in its header, or among its protocols, which is not sent back', async () => {
    const { port, logText } = await listening({ routes: feed, websocket: true });
    const byHeader = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers: asAdmin });
    expect(String((await once(byHeader, 'message'))[0])).toBe('key:admin');
    const byProtocol = new WebSocket(`ws://127.0.0.1:${port}/live`, ['feed.v1', bearer]);
    expect(String((await once(byProtocol, 'message'))[0])).toBe('key:admin');
    expect(byProtocol.protocol).toBe('feed.v1');
    for (const socket of [byHeader, byProtocol]) socket.terminate();
    expect(logText()).not.toContain(bearer);
  });

  it('does not open without one, nor for a key in its URL', async () => {
    const { port } = await listening({ routes: feed, websocket: true });
    expect(await refusal(new WebSocket(`ws://127.0.0.1:${port}/live`))).toBe(401);
    expect(await refusal(new WebSocket(`ws://127.0.0.1:${port}/live?key=${adminKey}`))).toBe(401);
    expect(await refusal(new WebSocket(`ws://127.0.0.1:${port}/live`, ['feed.v1', 'bearer.bm9ib2R5']))).toBe(401);
  });
});
