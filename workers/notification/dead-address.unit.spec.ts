import { expect, it } from 'vitest';
import type { Message } from '../../providers/message/channel.ts';
import { deadAddress } from './dead-address.ts';

const at = '2026-06-01T10:00:00.000Z';
const ids = { deliveryId: 'd', notificationId: 'n' };
const push: Message = { ...ids, channel: 'push', to: { provider: 'fcm', token: 't1' }, title: 'x', body: 'y', url: null };
const chat: Message = { ...ids, channel: 'chat', to: { slackChannel: '#ops' }, text: 'x' };

const after = async (message: Message, userId: string | null) => {
  const said: unknown[] = [];
  const dead = deadAddress({ suppress: async (what) => void said.push(what), removePushToken: async (...what) => void said.push(what) });
  await dead({ message, notificationId: 'n', userId, reason: 'dead_token', provider: 'fcm', at });
  return said;
};

it('takes a dead device from the list of those that are sent to, and from the person’s contacts', async () => {
  const suppressed = { channel: 'push', address: 't1', reason: 'dead_token', provider: 'fcm', notificationId: 'n', userId: 'u1', at };
  expect(await after(push, 'u1')).toEqual([suppressed, ['u1', 't1', at]]);
  expect(await after(push, null)).toEqual([{ ...suppressed, userId: null }]);
});

it('keeps no list of chats', async () => {
  expect(await after(chat, 'u1')).toEqual([]);
});
