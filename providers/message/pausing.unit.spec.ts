import { expect, it } from 'vitest';
import type { ChannelOutcome, InAppMessage, MessageChannel } from './channel.ts';
import { channelContract } from './contract.ts';
import { feedChannel } from './in-app/feed.ts';
import { pausing } from './pausing.ts';

const message: InAppMessage = { deliveryId: 'd1', notificationId: 'n1', channel: 'in_app', userId: 'u1', title: 'Paid', body: 'Thank you', url: null };

channelContract('A provider that can be paused', {
  message: (deliveryId) => ({ ...message, deliveryId }),
  open: { works: async () => ({ channel: pausing(feedChannel), arrived: async () => 0, close: async () => {} }) },
});

it.each([
  [{ status: 'throttled', retryAfterMs: 30_000, reason: 'slow down' }, 30_000],
  [{ status: 'throttled', retryAfterMs: null, reason: 'slow down' }, 5_000],
  [{ status: 'throttled', retryAfterMs: 1e9, reason: 'slow down' }, 3_600_000],
] as const)('after %j the provider is not called for %i ms', async (throttled, pause) => {
  let clock = 1_000;
  const outcomes: ChannelOutcome[] = [throttled, { status: 'accepted', reference: 'r1' }];
  const provider: MessageChannel<'in_app'> = { ...feedChannel, send: async () => outcomes.shift() ?? { status: 'unknown', reason: 'called too often' } };
  const channel = pausing(provider, () => clock);
  expect(await channel.send(message)).toEqual(throttled);
  clock += pause - 1;
  expect(await channel.send(message)).toEqual({ status: 'throttled', retryAfterMs: 1, reason: 'slow down' });
  clock += 1;
  expect(await channel.send(message)).toEqual({ status: 'accepted', reference: 'r1' });
});

it('forgets what has ended, and the oldest where there are too many', async () => {
  let clock = 1_000;
  const provider: MessageChannel<'in_app'> = {
    ...feedChannel,
    limitedBy: ({ userId }) => userId,
    send: async () => ({ status: 'throttled', retryAfterMs: 1_000, reason: 'slow down' }),
  };
  const channel = pausing(provider, () => clock);
  for (let n = 0; n < 10_050; n += 1) await channel.send({ ...message, userId: `u${n}` });
  expect(channel.pausedKeys()).toBe(10_000);
  clock += 1_001;
  expect(channel.pausedKeys()).toBe(0);
  expect(channel.pausedUntil()).toBeUndefined();
});

it('says until when all of a provider is left alone', async () => {
  const channel = pausing({ ...feedChannel, send: async () => ({ status: 'throttled', retryAfterMs: 500, reason: 'slow down' }) }, () => 1_000);
  await channel.send(message);
  expect(channel.pausedUntil()).toBe(1_500);
  expect(channel.pausedKeys()).toBe(0);
});
