import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { notificationHouse } from '../../test/support/notification-house.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse();
});
afterAll(async () => {
  await house.close();
});

const tokenFor = async (userId: string) => {
  const { status, body } = await house.call('POST', `/api/v1/feed/${userId}/token`, {});
  expect(status).toBe(201);
  return { token: String(body.token), expiresAt: String(body.expiresAt) };
};
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const notified = async (userId: string) => {
  await house.call('POST', '/api/v1/notifications', { userId, channels: ['in_app'], content: { title: 'Hello', body: 'text' } });
  await expect.poll(async () => (await house.reader.counts(userId)).unseen).toBe(1);
};
/** As a browser opens it: without headers. */
const open = (userId: string, token: string) =>
  new WebSocket(`${house.url.replace('http', 'ws')}/api/v1/feed/${userId}/live`, ['feed.v1', `bearer.${Buffer.from(token).toString('base64url')}`]);

describe('a user with a token', () => {
  it('reads, watches and marks their own feed', async () => {
    await notified('own-1');
    const { token } = await tokenFor('own-1');
    const feed = await house.call('GET', '/api/v1/feed/own-1', undefined, as(token));
    expect(feed.body).toMatchObject({ data: [{ title: 'Hello' }], unread: 1 });
    const socket = open('own-1', token);
    const [snapshot] = await once(socket, 'message');
    expect(JSON.parse(String(snapshot))).toMatchObject({ type: 'snapshot', unread: 1 });
    expect(socket.protocol).toBe('feed.v1');
    expect((await house.call('POST', '/api/v1/feed/own-1/read', { upTo: feed.body.sequence }, as(token))).body).toEqual({ marked: 1, more: false });
    const [updated] = await once(socket, 'message');
    expect(JSON.parse(String(updated))).toMatchObject({ type: 'updated', item: { read: true } });
    socket.close();
  });

  it('is refused everything else', async () => {
    const { token } = await tokenFor('own-2');
    const paths = [
      ['GET', '/api/v1/feed/own-1'],
      ['POST', '/api/v1/feed/own-1/read', { upTo: 1 }],
      ['POST', '/api/v1/feed/own-1/unarchive', { ids: [randomUUID()] }],
      ['GET', '/api/v1/feed/own-1/live'],
      ['POST', '/api/v1/feed/own-2/token', {}],
      ['GET', '/api/v1/notifications'],
      ['GET', '/api/v1/outbox'],
      ['POST', '/api/v1/notifications', { userId: 'own-2', channels: ['in_app'], content: { title: 'x', body: 'y' } }],
    ] as const;
    for (const [method, path, body] of paths)
      expect((await house.call(method, path, body, as(token))).body, path).toMatchObject({ status: 403, code: 'forbidden' });
    const [, answer] = await once(open('own-1', token), 'unexpected-response');
    expect(answer.statusCode).toBe(403);
    expect((await house.call('GET', '/api/v1/feed/own-2', undefined, as(`${token.slice(0, -4)}AAAA`))).status).toBe(401);
  });

  it('has it for an hour, or as long as was asked for, a day at most', async () => {
    const hours = async (body: object) => {
      const answer = await house.call('POST', '/api/v1/feed/own-3/token', body);
      return answer.status === 201 ? (Date.parse(answer.body.expiresAt) - Date.now()) / 3_600_000 : answer.body.errors[0].path;
    };
    expect(await hours({})).toBeCloseTo(1, 1);
    expect(await hours({ expiresIn: 86_400 })).toBeCloseTo(24, 1);
    expect([await hours({ expiresIn: 86_401 }), await hours({ expiresIn: 59 })]).toEqual(['expiresIn', 'expiresIn']);
  });
});
