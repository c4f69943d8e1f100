import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';

const logging = () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog({ level: 'info', name: 'test', destination }), lines };
};

it('writes one JSON line each, with its level as a word and its time in RFC 3339', () => {
  const { log, lines } = logging();
  log.info({ payment: 'p1', count: 2 }, 'hello');
  log.debug('not this one');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), name: 'test', payment: 'p1', count: 2, msg: 'hello' },
  ]);
});

it('keeps secrets and personal data out, at any depth, whatever their keys are called exactly', () => {
  const { log, lines } = logging();
  const keys = [
    'authorization',
    'Authorization',
    'token',
    'accessToken',
    'card',
    'cardNumber',
    'password',
    'api_key',
    'apiKey',
    'email',
    'customerEmail',
    'e-mail',
    'phone',
    'cvc',
    'secretKey',
    'set-cookie',
    'address',
    'to',
    'html',
  ];
  log.info(Object.fromEntries(keys.map((key) => [key, 'hunter2'])));
  log.info({ a: { b: [{ c: Object.fromEntries(keys.map((key) => [key, { inner: 'hunter2' }])) }] } });
  log.info({ deep: { 1: { 2: { 3: { 4: { 5: { 6: { 7: { x: 'hunter2' } } } } } } } } });
  log.child({ password: 'hunter2' }).info('child');
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain('hunter2');
});

it('writes of an error what it is and where, not what hangs on it', () => {
  const { log, lines } = logging();
  const cause = Object.assign(new Error('inner'), { code: 'ECONNREFUSED', config: { headers: 'hunter2' } });
  log.error({ err: Object.assign(new Error('outer', { cause }), { code: '23505', detail: 'Key (email)=(hunter2)' }) }, 'failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { type: 'Error', message: 'outer', code: '23505', stack: expect.any(String), cause: { message: 'inner', code: 'ECONNREFUSED' } },
  });
  expect(lines[0]).not.toContain('hunter2');
});
