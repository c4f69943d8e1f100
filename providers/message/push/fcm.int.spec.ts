import { describe, expect, it } from 'vitest';
import type { PushMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { brokenServer, type FakeServer, type Reaction } from '../webhook/fake-server/fake-server.ts';
import { account, type FakeFcm, failure, fakeFcm } from './fake-fcm/fake-fcm.ts';
import { type FcmSettings, fcmDefaults, openFcm } from './fcm.ts';

const at = Date.parse('2026-03-01T12:00:00Z');
const token = 'device:t0k3n';
const message = (change: Partial<PushMessage> = {}): PushMessage => ({
  deliveryId: 'd1',
  notificationId: 'n1',
  channel: 'push',
  to: { provider: 'fcm', token },
  title: 'On its way',
  body: 'Order o-7 has left',
  url: null,
  ...change,
});

const settings = ({ origin }: FakeServer, change: Partial<FcmSettings> = {}): FcmSettings => ({
  ...fcmDefaults,
  account,
  baseUrl: origin,
  tokenUrl: `${origin}/token`,
  timeoutMs: 10_000,
  ca: certificate,
  now: () => at,
  ...change,
});

type Opening = Opened<'push'> & { fcm: FakeFcm };
const open = async (started: Promise<FakeFcm>, change: Partial<FcmSettings> = {}): Promise<Opening> => {
  const fcm = await started;
  const channel = await openFcm(settings(fcm, change));
  return {
    fcm,
    channel,
    arrived: async () => fcm.sends().length,
    close: async () => {
      await channel.close();
      await fcm.close();
    },
  };
};
const firebase = (reaction: Reaction, change?: Partial<FcmSettings>) => open(fakeFcm({ react: () => reaction }), change);

/** Google gives a token; the connection to Firebase comes to nothing. */
const broken = async (greeting: 'cut' | 'silent' | 'garbled', change: Partial<FcmSettings> = {}): Promise<Opening> => {
  const server = await brokenServer(greeting);
  const opened = await open(fakeFcm(), { baseUrl: server.origin, ...change });
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await server.close();
    },
  };
};

const ask = async (opened: Promise<Opening>, change: Partial<PushMessage> = {}) => {
  const { channel, fcm, close } = await opened;
  try {
    const outcome = await channel.send(message(change));
    expect(JSON.stringify(outcome)).not.toMatch(/t0k3n|access-|localhost|o-7/);
    return { outcome, sends: fcm.sends(), assertions: await fcm.assertions() };
  } finally {
    await close();
  }
};

channelContract('Firebase', {
  message: (deliveryId) => message({ deliveryId }),
  open: {
    works: () => open(fakeFcm()),
    down: async () => {
      const opened = await open(fakeFcm());
      await opened.fcm.close();
      return opened;
    },
    refuses: () => firebase(failure(404, 'NOT_FOUND', { errorCode: 'UNREGISTERED' })),
    busy: () => firebase({ ...failure(429, 'RESOURCE_EXHAUSTED', { errorCode: 'QUOTA_EXCEEDED' }), headers: { 'Retry-After': '20' } }),
    locks_us_out: () => open(fakeFcm({ token: () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'sender@shop-1.example' } }) })),
    cut_before: () => broken('cut'),
    silent_before: () => broken('silent', { timeoutMs: 500 }),
    garbled_before: () => broken('garbled'),
    cut_after: () => firebase('cut'),
    silent_after: () => firebase('silent', { timeoutMs: 1_500 }),
    garbled_after: () => firebase('garbled'),
  },
});

describe('a push by Firebase', () => {
  it('carries data, badge, collapse key, time to live and link to every kind of device', async () => {
    const { outcome, sends, assertions } = await ask(open(fakeFcm()), {
      data: { order: 'o-7' },
      badge: 3,
      collapseKey: 'order o-7',
      ttlSeconds: 600,
      url: 'https://shop.example/o/7',
    });
    expect(outcome).toMatchObject({ status: 'accepted', reference: 'projects/shop-1/messages/0:1' });
    expect(JSON.parse(sends[0]?.body ?? '').message).toEqual({
      token,
      notification: { title: 'On its way', body: 'Order o-7 has left' },
      data: { order: 'o-7', url: 'https://shop.example/o/7', deliveryId: 'd1' },
      android: { ttl: '600s', collapseKey: 'order o-7', notification: { notificationCount: 3, tag: 'order o-7' } },
      apns: {
        headers: { 'apns-expiration': String(at / 1_000 + 600), 'apns-collapse-id': expect.stringMatching(/^[0-9a-f]{64}$/) },
        payload: { aps: { sound: 'default', badge: 3 } },
      },
      webpush: { headers: { TTL: '600' }, fcmOptions: { link: 'https://shop.example/o/7' } },
    });
    expect(assertions).toEqual([
      expect.objectContaining({
        iss: account.clientEmail,
        scope: 'https://www.googleapis.com/auth/firebase.messaging',
        iat: at / 1_000,
        exp: at / 1_000 + 3_600,
      }),
    ]);
  });

  it.each<[Reaction, object]>([
    [failure(404, 'NOT_FOUND', { errorCode: 'UNREGISTERED' }), { status: 'rejected', code: 'UNREGISTERED', permanent: true, blame: 'recipient' }],
    [failure(403, 'PERMISSION_DENIED', { errorCode: 'SENDER_ID_MISMATCH' }), { status: 'rejected', code: 'SENDER_ID_MISMATCH', blame: 'recipient' }],
    [failure(400, 'INVALID_ARGUMENT', { field: 'message.token' }), { status: 'rejected', code: 'INVALID_ARGUMENT', permanent: true, blame: 'recipient' }],
    [
      failure(400, 'INVALID_ARGUMENT', { errorCode: 'INVALID_ARGUMENT', message: 'The registration token is not a valid FCM registration token' }),
      { status: 'rejected', blame: 'recipient' },
    ],
    [failure(400, 'INVALID_ARGUMENT', { field: 'message.data[0].value' }), { status: 'rejected', permanent: true, blame: 'message' }],
    [failure(400, 'INVALID_ARGUMENT', { errorCode: 'INVALID_ARGUMENT', message: 'Android message is too big' }), { status: 'rejected', blame: 'message' }],
    [
      failure(401, 'UNAUTHENTICATED', { errorCode: 'THIRD_PARTY_AUTH_ERROR' }),
      { status: 'rejected', code: 'THIRD_PARTY_AUTH_ERROR', permanent: false, blame: 'destination' },
    ],
    [failure(403, 'PERMISSION_DENIED'), { status: 'rejected', code: 'PERMISSION_DENIED', blame: 'configuration' }],
    [
      { status: 404, body: 'not here' },
      { status: 'rejected', code: '404' },
    ],
    [
      { status: 429, headers: { 'Retry-After': '20' } },
      { status: 'throttled', retryAfterMs: 20_000 },
    ],
    [failure(500, 'INTERNAL', { errorCode: 'INTERNAL' }), { status: 'unavailable' }],
    [failure(503, 'UNAVAILABLE', { errorCode: 'UNAVAILABLE' }), { status: 'unavailable' }],
    [{ status: 504 }, { status: 'unknown' }],
    [{ status: 200, body: {} }, { status: 'unknown' }],
  ])('that is answered %j ended as %j, and was tried once', async (reaction, expected) => {
    const { outcome, sends } = await ask(firebase(reaction));
    expect(outcome).toMatchObject(expected);
    expect(sends).toHaveLength(1);
  });

  it.each<[Reaction, object]>([
    [{ status: 503 }, { status: 'unavailable' }],
    [{ status: 504 }, { status: 'unavailable' }],
    ['cut', { status: 'unavailable' }],
    [
      { status: 429, headers: { 'Retry-After': '9' } },
      { status: 'throttled', retryAfterMs: 9_000 },
    ],
    [{ status: 200, body: {} }, { status: 'unavailable' }],
    [{ status: 401 }, { status: 'rejected', code: 'no_access', permanent: true, blame: 'configuration' }],
  ])('for which Google answers the request for a token with %j was not sent: %j', async (reaction, expected) => {
    const { channel, fcm, close } = await open(fakeFcm({ token: () => reaction }));
    expect(await channel.send(message())).toMatchObject(expected);
    expect(fcm.sends()).toEqual([]);
    await close();
  });

  it('shares an access token with those at the same time and later, until shortly before it ends', async () => {
    let now = at;
    const { channel, fcm, close } = await open(fakeFcm(), { now: () => now });
    await Promise.all(['d1', 'd2', 'd3'].map((deliveryId) => channel.send(message({ deliveryId }))));
    now += 3_500_000;
    await channel.send(message());
    expect(fcm.tokens()).toHaveLength(1);
    now += 60_000;
    expect(await channel.send(message())).toMatchObject({ status: 'accepted' });
    expect(fcm.tokens()).toHaveLength(2);
    await close();
  });

  it('has another access token after one was taken back', async () => {
    const reactions: (Reaction | undefined)[] = [undefined, failure(401, 'UNAUTHENTICATED')];
    const { channel, fcm, close } = await open(fakeFcm({ react: () => reactions.shift() }));
    expect(await channel.send(message())).toMatchObject({ status: 'accepted' });
    expect(await channel.send(message())).toMatchObject({ status: 'unavailable' });
    expect(await channel.send(message())).toMatchObject({ status: 'accepted' });
    expect(fcm.tokens()).toHaveLength(2);
    await close();
  });
});
