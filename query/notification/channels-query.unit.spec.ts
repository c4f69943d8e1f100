import { expect, it } from 'vitest';
import { apiKey, apiKeys } from '../../platform/http/api-keys.ts';
import { appForTests } from '../../platform/http/app-for-tests.ts';
import type { SharedStanding } from '../../providers/message/standings.ts';
import { channelsQuery } from './channels-query.ts';

const sendgrid: SharedStanding = {
  channel: 'email',
  provider: 'sendgrid',
  circuit: { state: 'open', retryAt: '2026-06-01T10:00:05.000Z' },
  pausedUntil: null,
  pausedKeys: 0,
  processes: 2,
};
const smtp: SharedStanding = { ...sendgrid, provider: 'smtp', circuit: { state: 'closed', retryAt: null }, pausedUntil: '2026-06-01T11:00:00.000Z' };
const keys = [apiKey('support', 'key-of-the-support-desk', ['notifications:read']), apiKey('other', 'key-of-somebody-else', ['outbox:read'])];

const asked = async (key: string, standings: readonly SharedStanding[] = [sendgrid, smtp]) => {
  const { app } = await appForTests({
    service: 'notification',
    authenticate: apiKeys(keys),
    routes: [channelsQuery({ standings: { all: async () => standings } })],
  });
  const answer = await app.inject({ url: '/api/v1/channels', headers: { authorization: `Bearer ${key}` } });
  await app.close();
  return answer;
};

it('shows by whom messages are sent on each channel, in order, and how those are', async () => {
  const answer = await asked('key-of-the-support-desk');
  expect(answer.statusCode).toBe(200);
  const { data } = answer.json();
  expect(data.map(({ channel }: { channel: string }) => channel)).toEqual(['email', 'sms', 'push', 'in_app', 'chat', 'webhook']);
  expect(data[0].providers).toEqual([
    { name: 'sendgrid', circuit: { state: 'open', retryAt: '2026-06-01T10:00:05.000Z' }, pausedUntil: null, pausedKeys: 0, processes: 2 },
    { name: 'smtp', circuit: { state: 'closed', retryAt: null }, pausedUntil: '2026-06-01T11:00:00.000Z', pausedKeys: 0, processes: 2 },
  ]);
  expect(data[1].providers).toEqual([]);
});

it('shows nothing to who may not read notifications', async () => {
  expect((await asked('key-of-somebody-else')).statusCode).toBe(403);
});
