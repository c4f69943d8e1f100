import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStoreUnavailable } from '../event-store/unavailable.ts';
import { appForTests, asAdmin, type TestApp } from './app-for-tests.ts';
import { replayed } from './command-context.ts';
import { readYourWrites, withPosition } from './position.ts';
import { problem } from './problem.ts';
import { Amount, Closed, Currency, Id, Instant, ListQuery } from './schemas.ts';

const Card = Closed({ type: Type.Literal('card'), token: Type.String() });
const PayPal = Closed({ type: Type.Literal('paypal'), account: Closed({ id: Type.String() }) });
const Body = Closed({
  amount: Amount,
  currency: Currency,
  captureMethod: Type.Optional(Type.Enum(['automatic', 'manual'])),
  priority: Type.Optional(Type.Union([Type.Literal('normal'), Type.Literal('critical')])),
  customer: Type.Optional(Closed({ id: Type.String(), email: Type.Optional(Type.String({ format: 'email' })) })),
  paymentMethod: Type.Optional(Type.Union([Card, PayPal])),
  selection: Type.Optional(Type.Union([Closed({ ids: Type.Array(Type.String()) }), Closed({ upTo: Type.Integer() })])),
  items: Type.Optional(Type.Array(Closed({ amount: Amount }))),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  description: Type.Optional(Type.String()),
});

const failures: Readonly<Record<string, () => unknown>> = {
  bug: () => new Error('password=hunter2 in a bug'),
  text: () => 'only a text',
  declined: () => problem(402, 'payment_declined', { detail: 'Declined.', members: { declineCode: 'lost_card', payment: { id: 'p' } } }),
  store: () => eventStoreUnavailable('no answer from esdb://secret@host'),
  database: () => Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
  refused: () => new AggregateError([Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })]),
  pool: () => new Error('timeout exceeded when trying to connect'),
  conflict: () => Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ann@example.org) already exists.' }),
};

const routes: FastifyPluginAsyncTypebox = async (app) => {
  const config = { permission: 'payments:write' } as const;
  app.post('/api/v1/payments', { config, schema: { body: Body } }, async (request, reply) => withPosition(reply, 7n).code(201).send(request.commandContext()));
  app.get(
    '/api/v1/payments',
    {
      config,
      schema: {
        querystring: ListQuery({ status: Type.Optional(Type.Array(Type.String())), from: Type.Optional(Instant), open: Type.Optional(Type.Boolean()) }),
      },
    },
    async ({ query }) => query,
  );
  app.get('/api/v1/payments/:id', { config, schema: { params: Id } }, async (request) => {
    await readYourWrites(request, async (position) => position <= 7n, 10);
    return { id: request.params.id };
  });
  app.post(
    '/api/v1/payments/:id/capture',
    { config, schema: { params: Id, body: Closed({ amount: Type.Optional(Amount), reason: Type.String({ default: 'none' }) }) } },
    async (request, reply) => replayed(reply).send({ ...request.commandContext(), body: request.body }),
  );
  app.post('/api/v1/payments/:id/cancel', { config, schema: { params: Id } }, async (request) => request.commandContext());
  app.get('/fail/:how', { config: { permission: 'open' } }, async (request) => {
    throw failures[(request.params as { how: string }).how]?.();
  });
  app.get('/lies', { config: { permission: 'open' }, schema: { response: { 200: Type.Object({ count: Type.Integer() }) } } }, async (_request, reply) =>
    reply.send(JSON.parse('{"count":"many"}')),
  );
};

let test: TestApp;
beforeAll(async () => {
  test = await appForTests({ routes: [routes] });
});
afterAll(() => test.app.close());

const id = '0190b8a0-0000-7000-8000-000000000001';
const right = { amount: 1_000, currency: 'GBP' };
const send = async (method: 'GET' | 'POST' | 'DELETE' | 'PUT', url: string, payload?: string | object, headers: Record<string, string> = {}) => {
  const body = payload === undefined ? {} : { payload, headers: { 'content-type': 'application/json', ...asAdmin, ...headers } };
  const answer = await test.app.inject({ method, url, headers: { ...asAdmin, ...headers }, ...body });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json(), text: answer.body };
};
const post = (payload: string | object, headers: Record<string, string> = {}) => send('POST', '/api/v1/payments', payload, headers);

describe('a body', () => {
  it.each([
    ['no JSON', '{"amount":', 'malformed_json'],
    ['with text after it', '{"amount":1}x', 'malformed_json'],
    ['a lone quote', '"', 'malformed_json'],
    ['33 levels deep', `${'['.repeat(33)}${']'.repeat(33)}`, 'too_deep'],
    ['100,000 levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too_deep'],
  ])('that is %s is refused', async (_name, body, code) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: `urn:problem:${code}`,
      title: 'Bad Request',
      status: 400,
      detail: expect.any(String),
      code,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('of 32 levels is not too deep', async () => {
    const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`;
    expect((await post(`{"amount":1,"currency":"GBP","metadata":${deep}}`)).status).toBe(201);
    expect((await post(`{"amount":1,"currency":"GBP","metadata":{"a":${deep}}}`)).status).toBe(201);
    expect((await post(`{"amount":1,"currency":"GBP","metadata":{"a":{"b":${deep}}}}`)).body.code).toBe('too_deep');
  });

  it('over 256 KiB is refused with 413', async () => {
    const answer = await post({ ...right, description: 'x'.repeat(256 * 1024) });
    expect([answer.status, answer.body.code]).toEqual([413, 'body_too_large']);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])(
    'of type %s is refused with 415',
    async (type) => {
      const answer = await post(JSON.stringify(right), { 'content-type': type });
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it('may say its character set', async () => {
    expect((await post(JSON.stringify(right), { 'content-type': 'application/json; charset=utf-8' })).status).toBe(201);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('with the key %s is refused, wherever it is', async (key) => {
    const answer = await post(`{"amount":1,"currency":"GBP","metadata":{"list":[{"${key}":{"isAdmin":true}}]}}`);
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path: `metadata.list.0.${key}` }] });
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  it('that is missing is asked for, unless nothing in it is needed', async () => {
    expect((await post('')).body.errors).toEqual([{ path: 'body', message: 'is required, as application/json' }]);
    expect((await send('POST', '/api/v1/payments')).body.errors).toEqual([{ path: 'body', message: 'is required, as application/json' }]);
    expect((await send('POST', `/api/v1/payments/${id}/capture`)).body.body).toEqual({ reason: 'none' });
    expect((await send('POST', `/api/v1/payments/${id}/capture`, '')).body.body).toEqual({ reason: 'none' });
    expect((await send('POST', `/api/v1/payments/${id}/cancel`)).status).toBe(200);
  });
});

describe('a field', () => {
  const errorsOf = async (body: object | string): Promise<{ path: string; message: string }[]> => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    return answer.body.errors;
  };

  it.each([0, -1, 1.5, 100_000_000_000, 1e300, '1000', null, true, [1], {}])('amount %j is refused by its path', async (amount) => {
    expect(await errorsOf({ ...right, amount })).toEqual([{ path: 'amount', message: expect.any(String) }]);
  });

  it.each(['1e999', '-0.5', '9007199254740993', '99999999999999999999'])('amount written as %s is refused', async (amount) => {
    expect((await errorsOf(`{"amount":${amount},"currency":"GBP"}`))[0]?.path).toBe('amount');
  });

  it.each(['gbp', 'GB', 'GBPX', '', 826, null])('currency %j is refused by its path', async (currency) => {
    expect((await errorsOf({ ...right, currency }))[0]?.path).toBe('currency');
  });

  it('that is unknown, missing or wrong is named, each one, in one answer', async () => {
    const errors = await errorsOf({ amount: 1.5, colour: 'red', customer: { email: 'nobody', shoe: 46, hat: 7 }, items: [{ amount: 1 }, { amount: 0 }, {}] });
    expect(errors.map(({ path }) => path).sort()).toEqual([
      'amount',
      'colour',
      'currency',
      'customer.email',
      'customer.hat',
      'customer.id',
      'customer.shoe',
      'items.1.amount',
      'items.2.amount',
    ]);
    expect(errors.find(({ path }) => path === 'customer.shoe')?.message).toBe('is unknown here');
    expect(errors.find(({ path }) => path === 'currency')?.message).toBe('is required');
    expect(errors.find(({ path }) => path === 'customer.email')?.message).toBe('must be a valid e-mail address');
  });

  it('of few values says which', async () => {
    expect(await errorsOf({ ...right, captureMethod: 'later', priority: 'high' })).toEqual([
      { path: 'captureMethod', message: 'must be one of "automatic", "manual"' },
      { path: 'priority', message: 'must be one of "normal", "critical"' },
    ]);
  });

  it('of several forms is told what is wrong with the one that was meant', async () => {
    expect(await errorsOf({ ...right, paymentMethod: { type: 'card', account: 1 } })).toEqual([
      { path: 'paymentMethod.token', message: 'is required' },
      { path: 'paymentMethod.account', message: 'is unknown here' },
    ]);
    expect(await errorsOf({ ...right, paymentMethod: { type: 'gold' } })).toEqual([
      { path: 'paymentMethod', message: 'must be an object with type "card", type "paypal"' },
    ]);
    expect(await errorsOf({ ...right, selection: { upTo: 'all', since: 1 } })).toEqual([
      { path: 'selection.since', message: 'is unknown here' },
      { path: 'selection.upTo', message: 'must be integer' },
    ]);
    expect(await errorsOf({ ...right, selection: {} })).toEqual([{ path: 'selection', message: 'has none of the allowed forms' }]);
    expect((await errorsOf({ ...right, paymentMethod: 'card' }))[0]?.path).toBe('paymentMethod');
  });

  it('is never echoed: what was refused may be a secret', async () => {
    const answer = await post({ ...right, customer: { id: 'c', email: 'hunter2', password: 'hunter3' }, description: 17, captureMethod: 'hunter4' });
    expect(answer.text).not.toContain('hunter');
    expect(test.logText()).not.toContain('hunter4');
  });

  it('stands for at most 64 errors', async () => {
    expect((await errorsOf({ ...right, items: Array.from({ length: 5_000 }, () => ({ amount: 0 })) })).length).toBeLessThanOrEqual(64);
  });
});

describe('a card number', () => {
  const refused = async (answer: ReturnType<typeof send>, path: string): Promise<void> => {
    const { status, body, text } = await answer;
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'card_number_refused', path]);
    expect(text).not.toContain('1111');
    expect(test.logText()).not.toMatch(/4111[ -]?1111/);
  };

  it('is refused in any field', async () => {
    await refused(post({ ...right, description: 'my card 4111 1111 1111 1111' }), 'description');
    await refused(post({ ...right, unknown: '4111-1111-1111-1111' }), 'unknown');
    await refused(post({ ...right, amount: 4111111111111111 }), 'amount');
    await refused(post({ ...right, metadata: { a: [{ b: '4111111111111111' }] } }), 'metadata.a.0.b');
    await refused(post('{"amount":1,"currency":"GBP","description":"\\u0034111111111111111"}'), 'description');
    await refused(post({ '4111111111111111': 1 }), '(a key)');
  });

  it('is refused in query and path', async () => {
    await refused(send('GET', '/api/v1/payments?status=4111111111111111'), 'query.status');
    await refused(send('GET', '/api/v1/payments?status=paid&status=4111%201111%201111%201111'), 'query.status');
    await refused(send('GET', '/api/v1/payments?x=4111+1111+1111+1111'), 'query.x');
    await refused(send('GET', '/api/v1/payments/4111111111111111'), 'path.id');
    await refused(send('GET', '/nowhere/4111-1111-1111-1111'), 'path');
  });
});

describe('query, path and headers', () => {
  it('are read as what they stand for', async () => {
    expect((await send('GET', '/api/v1/payments')).body).toEqual({ limit: 20 });
    expect((await send('GET', '/api/v1/payments?limit=100&status=a&open=true&from=2026-01-01T00:00:00Z')).body).toEqual({
      limit: 100,
      status: ['a'],
      open: true,
      from: '2026-01-01T00:00:00Z',
    });
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=1.5',
    'limit=1e1',
    'limit=',
    'limit=abc',
    'limit=1&limit=2',
    'from=yesterday',
    'from=2026-02-30T00:00:00Z',
    'open=perhaps',
    'colour=red',
    'cursor=',
  ])('%s is refused', async (query) => {
    const { status, body } = await send('GET', `/api/v1/payments?${query}`);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', `query.${query.split('=')[0]}`]);
  });

  it.each(['1', 'not-a-uuid', `${id}0`, `{${id}}`, encodeURIComponent('../../etc'), '%00'])('an id that is no UUID is refused: %s', async (wrong) => {
    const { status, body } = await send('GET', `/api/v1/payments/${wrong}`);
    expect([status, body.code, body.errors]).toEqual([400, 'invalid_request', [{ path: 'path.id', message: 'must be a valid UUID' }]]);
  });

  it('x-after-position waits for the read model, or says that it is behind', async () => {
    expect((await post(right)).headers['x-position']).toBe('7');
    expect((await send('GET', `/api/v1/payments/${id}`, undefined, { 'x-after-position': '7' })).status).toBe(200);
    const behind = await send('GET', `/api/v1/payments/${id}`, undefined, { 'x-after-position': '8' });
    expect([behind.status, behind.body.code, behind.headers['retry-after']]).toEqual([503, 'read_model_behind', '1']);
    expect((await send('GET', `/api/v1/payments/${id}`, undefined, { 'x-after-position': '-1' })).body.errors[0].path).toBe('header.x-after-position');
  });
});

describe('a command', () => {
  const key = (value: string) => ({ 'idempotency-key': value });
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it('has one id for one key, caller and place, and the hash of its body', async () => {
    const first = (await post(right, key('order-1'))).body;
    const again = (await post({ currency: 'GBP', amount: 1_000 }, key('order-1'))).body;
    expect(first).toMatchObject({ commandId: expect.stringMatching(uuid), causationId: first.commandId, actor: 'key:admin', requestHash: expect.any(String) });
    expect([again.commandId, again.requestHash]).toEqual([first.commandId, first.requestHash]);
    expect((await post({ ...right, amount: 1_001 }, key('order-1'))).body).toMatchObject({
      commandId: first.commandId,
      requestHash: expect.not.stringContaining(first.requestHash),
    });
    expect((await post(right, key('order-2'))).body.commandId).not.toBe(first.commandId);
  });

  it('has another id on another resource or route', async () => {
    const other = '0190b8a0-0000-7000-8000-000000000002';
    const urls = [`/api/v1/payments/${id}/cancel`, `/api/v1/payments/${other}/cancel`, `/api/v1/payments/${id}/capture`];
    const ids = await Promise.all(urls.map(async (url) => (await send('POST', url, undefined, key('same'))).body.commandId));
    expect(new Set(ids).size).toBe(3);
  });

  it('has a random id without a key, and no hash', async () => {
    const [one, two] = [(await post(right)).body, (await post(right)).body];
    expect(one.commandId).not.toBe(two.commandId);
    expect(one).not.toHaveProperty('requestHash');
  });

  it('hashes what was sent, not what defaults made of it', async () => {
    const hash = async (body?: object) => (await send('POST', `/api/v1/payments/${id}/capture`, body, key('k'))).body.requestHash;
    expect(await hash({})).not.toBe(await hash({ reason: 'none' }));
  });

  it.each(['', 'x'.repeat(256), 'Schlüssel', 'a\tb'])('with the key %j is refused', async (wrong) => {
    const { status, body } = await post(right, key(wrong));
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', 'header.idempotency-key']);
  });

  it('may have a key of 255 characters', async () => {
    expect((await post(right, key('x'.repeat(255)))).status).toBe(201);
  });

  it('says when its answer is a replay', async () => {
    expect((await send('POST', `/api/v1/payments/${id}/capture`)).headers['idempotency-replayed']).toBe('true');
  });

  it('carries on the trace of its caller', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const { body } = await post(right, { traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(body).toMatchObject({ correlationId: trace, traceparent: expect.stringMatching(new RegExp(`^00-${trace}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`)) });
    const refusal = await post('{', { traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(refusal.body.traceId).toBe(trace);
  });
});

describe('an error', () => {
  it('that is a bug leaves nothing but its trace id, by which the log has it', async () => {
    const { status, body } = await send('GET', '/fail/bug');
    expect([status, body.code, body.detail]).toEqual([500, 'internal_error', 'Something went wrong here. It is logged under the trace id.']);
    const line = test.logged().find((one) => one.traceId === body.traceId && one.level === 'error');
    expect(line).toMatchObject({ method: 'GET', route: '/fail/:how', err: { message: 'password=hunter2 in a bug' } });
    expect((await send('GET', '/fail/text')).body.code).toBe('internal_error');
  });

  it('that a route answers on purpose has its members', async () => {
    const { status, body } = await send('GET', '/fail/declined');
    expect([status, body]).toEqual([
      402,
      expect.objectContaining({ code: 'payment_declined', title: 'Payment Required', declineCode: 'lost_card', payment: { id: 'p' } }),
    ]);
  });

  it.each([
    ['store', 'event_store_unavailable'],
    ['database', 'storage_unavailable'],
    ['refused', 'storage_unavailable'],
    ['pool', 'storage_unavailable'],
  ])('of a %s that is down is a 503 to try again after', async (how, code) => {
    const { status, body, headers, text } = await send('GET', `/fail/${how}`);
    expect([status, body.code, headers['retry-after']]).toEqual([503, code, '2']);
    expect(test.logged().find((one) => one.traceId === body.traceId && one.level === 'warn')).toMatchObject({ code, err: { stack: expect.any(String) } });
    expect(text).not.toContain('secret');
  });

  it('of a database holds no row, in answer or log', async () => {
    expect((await send('GET', '/fail/conflict')).status).toBe(500);
    expect(test.logText()).not.toContain('ann@example.org');
  });

  it('is what an answer that its schema does not describe becomes, in tests', async () => {
    expect((await send('GET', '/lies')).status).toBe(500);
  });
});

describe('what is not there', () => {
  it('is 404, or 405 with the methods that are', async () => {
    expect((await send('GET', '/api/v2/payments')).body).toMatchObject({ status: 404, code: 'route_not_found' });
    const wrong = await send('DELETE', `/api/v1/payments/${id}`);
    expect([wrong.status, wrong.body.code, wrong.headers.allow]).toEqual([405, 'method_not_allowed', 'GET, HEAD']);
    expect((await send('PUT', `/api/v1/payments/${id}/capture`, {})).headers.allow).toBe('POST');
    expect((await send('GET', '/%zz')).body).toMatchObject({ status: 400, code: 'malformed_request' });
  });
});
