import { describe, expect, it } from 'vitest';
import type { PushMessage } from '../channel.ts';
import { channelContract } from '../contract.ts';
import { error, fakeSns, inputOf } from '../sms/fake-vendors/fake-sns.ts';
import { everySituation, fakeVendor, type Reply } from '../sms/fake-vendors/fake-vendor.ts';
import { faultOfMessage } from './fake-fcm/fake-fcm.ts';
import { openSnsPush } from './sns.ts';

const endpoint = 'arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/shop/5e3e9847-3183-3f18-a7e8-671c3a57d4b3';
const message = (deliveryId: string): PushMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'push',
  to: { provider: 'sns', token: endpoint },
  title: 'On its way',
  body: 'Order o-7 has left',
  url: null,
});
const at = Date.parse('2026-03-01T12:00:00Z');
const open = (baseUrl: string, timeoutMs = 10_000) =>
  openSnsPush({ region: 'eu-west-1', credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake-secret' }, baseUrl, timeoutMs, now: () => at });

channelContract('Push by Amazon SNS', { message, overHttp: true, open: everySituation(fakeSns, open) });

const sendTo = async (answer: Reply | 'works', more: Partial<PushMessage> = {}) => {
  const fake = await fakeVendor(fakeSns(), answer);
  const channel = await open(fake.baseUrl);
  const outcome = await channel.send({ ...message('d1'), ...more });
  await channel.close();
  await fake.close();
  return { outcome, taken: fake.taken.map(({ body }) => inputOf(body)) };
};

describe('push by Amazon SNS', () => {
  it('goes to the endpoint, with words for each kind of device', async () => {
    const { outcome, taken } = await sendTo('works', { url: 'https://shop.example/o-7', badge: 2, data: { order: 'o-7' }, ttlSeconds: 60, collapseKey: 'o-7' });
    expect(outcome).toEqual({ status: 'accepted', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const { Message, ...others } = taken[0] ?? {};
    expect(others).toEqual({
      TargetArn: endpoint,
      MessageStructure: 'json',
      MessageAttributes: {
        'AWS.SNS.MOBILE.APNS.PUSH_TYPE': { DataType: 'String', StringValue: 'alert' },
        'AWS.SNS.MOBILE.APNS.TTL': { DataType: 'String', StringValue: '60' },
        'AWS.SNS.MOBILE.APNS_SANDBOX.TTL': { DataType: 'String', StringValue: '60' },
      },
    });
    const { GCM, APNS, APNS_SANDBOX, default: otherwise } = JSON.parse(String(Message));
    expect(otherwise).toBe('Order o-7 has left');
    expect(JSON.parse(APNS)).toEqual({
      order: 'o-7',
      url: 'https://shop.example/o-7',
      deliveryId: 'd1',
      aps: { alert: { title: 'On its way', body: 'Order o-7 has left' }, sound: 'default', badge: 2 },
    });
    expect(APNS_SANDBOX).toBe(APNS);
    const { fcmV1Message } = JSON.parse(GCM);
    expect(faultOfMessage(fcmV1Message.message)).toBeUndefined();
    expect(fcmV1Message.message).toMatchObject({ notification: { title: 'On its way' }, android: { ttl: '60s', collapseKey: 'o-7' } });
  });

  it.each([
    [400, 'EndpointDisabled', 'Endpoint is disabled', 'recipient'],
    [404, 'NotFound', 'Endpoint does not exist', 'recipient'],
    [400, 'InvalidParameter', 'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified', 'recipient'],
    [400, 'InvalidParameter', 'Invalid parameter: Message too long', 'message'],
    [400, 'PlatformApplicationDisabled', 'The application is disabled', 'destination'],
    [403, 'AuthorizationError', 'no', 'configuration'],
  ])('is rejected after %i %s (%s): the %s is to blame', async (http, code, words, blame) => {
    expect((await sendTo(error(http, code, words))).outcome).toMatchObject({ status: 'rejected', permanent: true, blame });
  });

  it('is not tried with what is no endpoint, and takes only its own tokens', async () => {
    const { outcome, taken } = await sendTo('works', { to: { provider: 'sns', token: 'arn:aws:sns:eu-west-1:123456789012:topic' } });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_endpoint', blame: 'recipient' });
    expect(taken).toEqual([]);
    const channel = await open('http://127.0.0.1:1');
    expect([channel.takes?.(message('d1')), channel.takes?.({ ...message('d1'), to: { provider: 'fcm', token: endpoint } })]).toEqual([true, false]);
    await channel.close();
  });
});
