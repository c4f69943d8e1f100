import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import { appForTests } from '../http/app-for-tests.ts';
import { asyncApiRoute } from '../http/asyncapi-route.ts';
import { asyncApi } from './asyncapi.ts';
import { publicTypes } from './public-events.ts';
import { readPublicEvent } from './read-public-event.ts';

const document = JSON.parse(JSON.stringify(asyncApi({ title: 'Payments', version: '1.2.3', sends: publicTypes, receives: [] })));

const references = (value: unknown): string[] =>
  typeof value !== 'object' || value === null ? [] : '$ref' in value ? [String(value.$ref)] : Object.values(value).flatMap(references);
const at = (pointer: string) =>
  pointer
    .slice(2)
    .split('/')
    .reduce((node, key) => node?.[key], document);

it('is AsyncAPI 3.0: every reference leads somewhere, every channel has its message and its operation', () => {
  expect(document).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Payments: public events', version: '1.2.3' } });
  expect(Object.keys(document.channels)).toEqual(publicTypes);
  expect(Object.keys(document.components.messages)).toEqual(publicTypes);
  expect(Object.keys(document.operations)).toEqual(publicTypes.map((type) => `send.${type}`));
  for (const reference of references(document)) expect(at(reference), reference).toBeTypeOf('object');
  // The specification's pattern for keys of components.
  for (const key of Object.keys(document.components.messages)) expect(key).toMatch(/^[\w\d.\-_]+$/);
});

it('describes each payload by a schema that compiles, and that says what is wrong', () => {
  const ajv = formats.default(new Ajv2020({ strict: false }));
  for (const { payload } of Object.values<{ payload: object }>(document.components.messages)) expect(ajv.compile(payload)({})).toBe(false);
});

it('has only what a service sends and receives', () => {
  const described = asyncApi({ title: 'Notifications', version: '1.0.0', sends: ['notification.sent'], receives: ['payment.captured'] });
  expect(Object.keys(described.channels)).toEqual(['payment.captured', 'notification.sent']);
  expect(described.operations).toEqual({
    'send.notification.sent': { action: 'send', channel: { $ref: '#/channels/notification.sent' }, messages: [expect.anything()] },
    'receive.payment.captured': { action: 'receive', channel: { $ref: '#/channels/payment.captured' }, messages: [expect.anything()] },
  });
});

it('is served to everybody', async () => {
  const { app } = await appForTests({ routes: [asyncApiRoute(document)] });
  const answer = await app.inject({ method: 'GET', url: '/asyncapi.json' });
  expect([answer.statusCode, answer.json()]).toEqual([200, document]);
  await app.close();
});

it.each(['', '[]', '{}', '{"specversion":"0.3"}', 'null'])('no event is read from %j', (text) => expect(readPublicEvent(Buffer.from(text))).toBeUndefined());
