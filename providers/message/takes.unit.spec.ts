import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ChatMessage, MessageChannel, MessageOf, PushMessage } from './channel.ts';
import { openSlack, slackDefaults } from './chat/slack.ts';
import { openTeams, teamsDefaults } from './chat/teams.ts';
import { apnsDefaults, openApns } from './push/apns.ts';
import { fcmDefaults, openFcm } from './push/fcm.ts';
import { oneSignalDefaults, openOneSignal } from './push/onesignal.ts';
import { openSnsPush } from './push/sns.ts';
import { openWebhook, webhookDefaults } from './webhook/webhook.ts';

const ids = { deliveryId: 'd1', notificationId: 'n1' };
const chat = (to: ChatMessage['to']): ChatMessage => ({ ...ids, channel: 'chat', to, text: 'Hello' });
const push = (provider: string): PushMessage => ({ ...ids, channel: 'push', to: { provider, token: 't' }, title: 'Hello', body: 'there', url: null });
const pem = (kind: 'rsa' | 'ec'): string => {
  const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

const takenBy = async <C extends 'chat' | 'push'>(opening: Promise<MessageChannel<C>>, messages: readonly MessageOf<C>[]): Promise<readonly boolean[]> => {
  const channel = await opening;
  await channel.close();
  return messages.map((message) => channel.takes?.(message) ?? true);
};

it.each([
  ['a bot of Slack', () => openSlack({ ...slackDefaults, token: 'xoxb-1', webhookHosts: [] }), [true, false, false]],
  ['hooks of Slack', () => openSlack({ ...slackDefaults, token: null }), [false, true, false]],
  ['Teams', () => openTeams(teamsDefaults), [false, false, true]],
])('%s: for its own addresses', async (_, open, taken) => {
  const to = [{ slackChannel: 'C1' }, { slackUrl: 'https://hooks.slack.com/services/T0' }, { teamsUrl: 'https://x.logic.azure.com/1' }] as const;
  expect(await takenBy(open(), to.map(chat))).toEqual(taken);
});

it.each([
  ['fcm', () => openFcm({ ...fcmDefaults, account: { projectId: 'p', clientEmail: 'a@b.example', privateKey: pem('rsa') } })],
  ['apns', () => openApns({ ...apnsDefaults, privateKey: pem('ec'), keyId: 'k', teamId: 't', topic: 'app' })],
  ['onesignal', () => openOneSignal({ ...oneSignalDefaults, appId: 'a', apiKey: 'k' })],
  ['sns', () => openSnsPush({ region: 'eu-west-1' })],
])('%s: for the tokens of its own devices', async (name, open) => {
  const providers = ['fcm', 'apns', 'onesignal', 'sns', 'constructor'];
  expect(await takenBy(open(), providers.map(push))).toEqual(providers.map((one) => one === name));
});

it('waits by the channel or hook at Slack, the hook at Teams, the host of a webhook', async () => {
  const [slack, teams, webhook] = [await openSlack({ ...slackDefaults, token: 'xoxb-1' }), await openTeams(teamsDefaults), await openWebhook(webhookDefaults)];
  expect(slack.limitedBy?.(chat({ slackChannel: 'C1' }))).toBe('C1');
  expect(slack.limitedBy?.(chat({ slackUrl: 'https://hooks.slack.com/1' }))).toBe('https://hooks.slack.com/1');
  expect(teams.limitedBy?.(chat({ teamsUrl: 'https://x.logic.azure.com/1' }))).toBe('https://x.logic.azure.com/1');
  expect(webhook.limitedBy?.({ ...ids, channel: 'webhook', url: 'https://shop.example:8443/a', secrets: [], type: 't', payload: {} })).toBe(
    'shop.example:8443',
  );
  await Promise.all([slack.close(), teams.close(), webhook.close()]);
});
