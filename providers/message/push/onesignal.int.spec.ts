import { describe, expect, it } from 'vitest';
import type { PushMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { brokenServer, type Reaction } from '../webhook/fake-server/fake-server.ts';
import { app, type FakeOneSignal, fakeOneSignal } from './fake-onesignal/fake-onesignal.ts';
import { type OneSignalSettings, oneSignalDefaults, openOneSignal } from './onesignal.ts';

const token = '5d0a6b8e-1f0c-4b7e-9a53-0c7d2e9f1a11';
const message = (change: Partial<PushMessage> = {}): PushMessage => ({
  deliveryId: 'd1',
  notificationId: 'n1',
  channel: 'push',
  to: { provider: 'onesignal', token },
  title: 'On its way',
  body: 'Order o-7 has left',
  url: null,
  ...change,
});

type Opening = Opened<'push'> & { fake: FakeOneSignal };
const open = async (started: Promise<FakeOneSignal>, change: Partial<OneSignalSettings> = {}): Promise<Opening> => {
  const fake = await started;
  const channel = await openOneSignal({ ...oneSignalDefaults, ...app, baseUrl: fake.origin, timeoutMs: 10_000, ca: certificate, ...change });
  return {
    fake,
    channel,
    arrived: async () => fake.made(),
    close: async () => {
      await channel.close();
      await fake.close();
    },
  };
};
const oneSignal = (reaction?: Reaction, change?: Partial<OneSignalSettings>) => open(fakeOneSignal(reaction), change);
const broken = async (greeting: 'cut' | 'silent' | 'garbled', change?: Partial<OneSignalSettings>) =>
  open(
    brokenServer(greeting).then((server) => ({ ...server, made: () => 0 })),
    change,
  );
const ask = async (opened: Promise<Opening>, change: Partial<PushMessage> = {}) => {
  const { channel, fake, close } = await opened;
  try {
    const outcome = await channel.send(message(change));
    expect(JSON.stringify(outcome)).not.toMatch(/5d0a6b8e|os_v2|localhost|o-7/);
    return { outcome, seen: fake.seen };
  } finally {
    await close();
  }
};
const unsubscribed = { status: 200, body: { id: '', errors: ['All included players are not subscribed'] } };

channelContract('OneSignal', {
  message: (deliveryId) => message({ deliveryId }),
  open: {
    works: () => oneSignal(),
    down: async () => {
      const opened = await oneSignal();
      await opened.fake.close();
      return opened;
    },
    refuses: () => oneSignal(unsubscribed),
    busy: () => oneSignal({ status: 429, headers: { 'Retry-After': '3' } }),
    locks_us_out: () => oneSignal(undefined, { apiKey: 'wrong' }),
    cut_before: () => broken('cut'),
    silent_before: () => broken('silent', { timeoutMs: 300 }),
    garbled_before: () => broken('garbled'),
    cut_after: () => oneSignal('cut'),
    silent_after: () => oneSignal('silent', { timeoutMs: 1_500 }),
    garbled_after: () => oneSignal('garbled'),
  },
});

describe('a push by OneSignal', () => {
  it('carries data, badge, collapse id, time to live and link, under a key that is the same at every try', async () => {
    const change = { data: { order: 'o-7' }, badge: 3, collapseKey: 'order-7', ttlSeconds: 600, url: 'https://shop.example/o/7' };
    const [first, second] = [await ask(oneSignal(), change), await ask(oneSignal(), change)];
    expect(first.outcome).toMatchObject({ status: 'accepted', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const body = JSON.parse(first.seen[0]?.body ?? '');
    expect(body).toEqual({
      app_id: app.appId,
      target_channel: 'push',
      include_subscription_ids: [token],
      idempotency_key: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      headings: { en: 'On its way' },
      contents: { en: 'Order o-7 has left' },
      data: { order: 'o-7', deliveryId: 'd1' },
      url: 'https://shop.example/o/7',
      ios_badgeType: 'SetTo',
      ios_badgeCount: 3,
      collapse_id: 'order-7',
      ttl: 600,
    });
    expect(JSON.parse(second.seen[0]?.body ?? '').idempotency_key).toBe(body.idempotency_key);
  });

  it.each<[Exclude<Reaction, string>, object]>([
    [unsubscribed, { status: 'rejected', code: 'not_subscribed', permanent: true, blame: 'recipient' }],
    [
      { status: 200, body: { id: '', errors: { invalid_player_ids: [token] } } },
      { status: 'rejected', code: 'invalid_subscription', blame: 'recipient' },
    ],
    [
      { status: 200, body: { id: 'm1', errors: { invalid_player_ids: [token] } } },
      { status: 'rejected', blame: 'recipient' },
    ],
    [
      { status: 200, body: { id: '', errors: ['Something else'] } },
      { status: 'rejected', code: 'not_sent', permanent: true, blame: 'message' },
    ],
    [
      { status: 200, body: { id: '' } },
      { status: 'rejected', code: 'not_sent' },
    ],
    [{ status: 200, body: 'Hello' }, { status: 'unknown' }],
    [
      { status: 400, body: { errors: [`${token} is wrong`] } },
      { status: 'rejected', code: '400', permanent: true, blame: 'message' },
    ],
    [{ status: 401 }, { status: 'rejected', permanent: true, blame: 'configuration' }],
    [
      { status: 429, headers: { 'Retry-After': '3' } },
      { status: 'throttled', retryAfterMs: 3_000 },
    ],
    [{ status: 503 }, { status: 'unavailable' }],
    [{ status: 502 }, { status: 'unknown' }],
  ])('that is answered %j ended as %j', async (reaction, expected) => {
    expect((await ask(oneSignal(reaction))).outcome).toMatchObject(expected);
  });

  it('has no subscription that is no UUID', async () => {
    const { outcome, seen } = await ask(oneSignal(), { to: { provider: 'onesignal', token: 'all' } });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_subscription', blame: 'recipient' });
    expect(seen).toEqual([]);
  });
});
