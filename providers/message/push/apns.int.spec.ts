import { describe, expect, it } from 'vitest';
import type { PushMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { brokenServer } from '../webhook/fake-server/fake-server.ts';
import { type ApnsSettings, apnsDefaults, openApns } from './apns.ts';
import { type ApnsReaction, credentials, type FakeApns, fakeApns, garblingApns } from './fake-apns/fake-apns.ts';

const at = Date.parse('2026-03-01T12:00:00Z');
const token = 'a1b2'.repeat(16);
const deliveryId = '0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7';
const message = (change: Partial<PushMessage> = {}): PushMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'push',
  to: { provider: 'apns', token },
  title: 'On its way',
  body: 'Order o-7 has left',
  url: null,
  ...change,
});

type Opening = Opened<'push'> & { apns: FakeApns };
const open = async (started: Promise<FakeApns>, change: Partial<ApnsSettings> = {}): Promise<Opening> => {
  const apns = await started;
  const channel = await openApns({ ...apnsDefaults, ...credentials, origin: apns.origin, timeoutMs: 10_000, ca: certificate, now: () => at, ...change });
  return {
    apns,
    channel,
    arrived: async () => apns.pushed.length,
    close: async () => {
      await channel.close();
      await apns.close();
    },
  };
};
const apple = (reaction?: ApnsReaction, change?: Partial<ApnsSettings>) =>
  open(
    fakeApns(
      () => reaction,
      () => at,
    ),
    change,
  );
const broken = async (greeting: 'cut' | 'silent' | 'garbled', change?: Partial<ApnsSettings>): Promise<Opening> => {
  const server = await brokenServer(greeting);
  return open(Promise.resolve({ origin: server.origin, pushed: [], connections: () => 0, hangUp: () => {}, close: server.close }), change);
};

const ask = async (opened: Promise<Opening>, change: Partial<PushMessage> = {}) => {
  const { channel, apns, close } = await opened;
  try {
    const outcome = await channel.send(message(change));
    expect(JSON.stringify(outcome)).not.toMatch(/a1b2|localhost|bearer|o-7/);
    return { outcome, pushed: apns.pushed };
  } finally {
    await close();
  }
};

channelContract('Apple', {
  message: (id) => message({ deliveryId: id }),
  open: {
    works: () => apple(),
    down: async () => {
      const opened = await apple();
      await opened.apns.close();
      return opened;
    },
    refuses: () => apple({ status: 400, reason: 'BadDeviceToken' }),
    busy: () => apple({ status: 429, reason: 'TooManyRequests' }),
    locks_us_out: () => apple(undefined, { teamId: 'ANOTHER123' }),
    cut_before: () => broken('cut'),
    silent_before: () => broken('silent', { timeoutMs: 300 }),
    garbled_before: () => broken('garbled'),
    cut_after: () => apple('cut'),
    silent_after: () => apple('silent', { timeoutMs: 1_500 }),
    garbled_after: () => open(garblingApns()),
  },
});

describe('a push by Apple', () => {
  it('carries data, badge, collapse id, expiry and link; data of others is no alert', async () => {
    const change = { data: { order: 'o-7', aps: 'mine' }, badge: 0, collapseKey: 'order-7', ttlSeconds: 600, url: 'https://shop.example/o/7' };
    const { outcome, pushed } = await ask(apple(), change);
    expect(outcome).toEqual({ status: 'accepted', reference: deliveryId });
    expect(pushed[0]).toMatchObject({
      path: `/3/device/${token}`,
      headers: {
        'apns-topic': 'example.shop',
        'apns-push-type': 'alert',
        'apns-id': deliveryId,
        'apns-expiration': String(at / 1_000 + 600),
        'apns-collapse-id': 'order-7',
      },
    });
    expect(JSON.parse(pushed[0]?.body ?? '')).toEqual({
      order: 'o-7',
      url: 'https://shop.example/o/7',
      deliveryId,
      aps: { alert: { title: 'On its way', body: 'Order o-7 has left' }, sound: 'default', badge: 0 },
    });
  });

  it.each<[Exclude<ApnsReaction, string>, object]>([
    [
      { status: 400, reason: 'BadDeviceToken' },
      { status: 'rejected', code: 'BadDeviceToken', permanent: true, blame: 'recipient' },
    ],
    [
      { status: 400, reason: 'DeviceTokenNotForTopic' },
      { status: 'rejected', blame: 'recipient' },
    ],
    [
      { status: 410, reason: 'ExpiredToken' },
      { status: 'rejected', code: 'ExpiredToken', permanent: true, blame: 'recipient' },
    ],
    [
      { status: 410, reason: 'Unregistered', timestamp: at },
      {
        status: 'rejected',
        code: 'Unregistered',
        permanent: true,
        blame: 'recipient',
        reason: 'Apple answered 410, Unregistered since 2026-03-01T12:00:00.000Z.',
      },
    ],
    [
      { status: 413, reason: 'PayloadTooLarge' },
      { status: 'rejected', code: 'PayloadTooLarge', permanent: true, blame: 'message' },
    ],
    [
      { status: 403, reason: 'InvalidProviderToken' },
      { status: 'rejected', permanent: true, blame: 'configuration' },
    ],
    [
      { status: 400, reason: 'TopicDisallowed' },
      { status: 'rejected', permanent: true, blame: 'configuration' },
    ],
    [{ status: 403, reason: 'ExpiredProviderToken' }, { status: 'unavailable' }],
    [
      { status: 429, reason: 'TooManyRequests' },
      { status: 'throttled', retryAfterMs: null },
    ],
    [{ status: 503, reason: 'ServiceUnavailable' }, { status: 'unavailable' }],
    [{ status: 500, reason: 'InternalServerError' }, { status: 'unavailable' }],
    [{ status: 502 }, { status: 'unknown' }],
    [{ status: 418 }, { status: 'rejected', code: '418', blame: 'message' }],
  ])('that is answered %j ended as %j, and was tried once', async (reaction, expected) => {
    const { outcome, pushed } = await ask(apple(reaction));
    expect(outcome).toMatchObject(expected);
    expect(pushed).toHaveLength(1);
  });

  it('that Apple refused to look at was not sent', async () => {
    expect((await ask(apple('refuse_stream'))).outcome).toMatchObject({ status: 'unavailable' });
  });

  it.each(['', 'a1b2', `${token}/../x`, 'z'.repeat(64)])('has no device %j', async (text) => {
    const { outcome, pushed } = await ask(apple(), { to: { provider: 'apns', token: text } });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'BadDeviceToken', blame: 'recipient' });
    expect(pushed).toEqual([]);
  });

  it('shares one connection, and has another when it was lost or Apple goes away', async () => {
    const reactions: (ApnsReaction | undefined)[] = [undefined, undefined, 'go_away'];
    const opened = await open(
      fakeApns(
        () => reactions.shift(),
        () => at,
      ),
    );
    const { channel, apns, close } = opened;
    await Promise.all([channel.send(message()), channel.send(message())]);
    expect(apns.connections()).toBe(1);
    expect(await channel.send(message())).toMatchObject({ status: 'accepted' });
    await expect.poll(async () => (await channel.send(message())).status).toBe('accepted');
    expect(apns.connections()).toBe(2);
    apns.hangUp();
    await expect.poll(async () => (await channel.send(message())).status).toBe('accepted');
    expect(apns.connections()).toBe(3);
    await close();
  });

  it('keeps its provider token for 40 minutes, or until Apple takes it for expired', async () => {
    let now = at;
    const reactions: (ApnsReaction | undefined)[] = [undefined, undefined, undefined, { status: 403, reason: 'ExpiredProviderToken' }];
    const { channel, apns, close } = await open(
      fakeApns(
        () => reactions.shift(),
        () => now,
      ),
      { now: () => now },
    );
    for (const minutes of [0, 39, 2, 1, 1]) {
      now += minutes * 60_000;
      await channel.send(message());
    }
    const tokens = apns.pushed.map(({ headers }) => headers.authorization);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
    expect(tokens[3]).toBe(tokens[2]);
    expect(tokens[4]).not.toBe(tokens[3]);
    await close();
  });
});
