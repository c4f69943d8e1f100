import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { error, fakeSns, inputOf } from './fake-vendors/fake-sns.ts';
import { everySituation, fakeVendor, message, type Reply } from './fake-vendors/fake-vendor.ts';
import { openSns, type SnsSettings } from './sns.ts';

const settings = (baseUrl: string, more: Partial<SnsSettings> = {}): SnsSettings => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake-secret' },
  baseUrl,
  timeoutMs: 10_000,
  ...more,
});

channelContract('Amazon SNS', {
  message,
  overHttp: true,
  open: everySituation(fakeSns, (baseUrl, timeoutMs) => openSns(settings(baseUrl, { timeoutMs }))),
});

const sendTo = async (answer: Reply | 'works', more: Partial<SnsSettings> = {}, to?: string) => {
  const fake = await fakeVendor(fakeSns(), answer);
  const channel = await openSns(settings(fake.baseUrl, more));
  const outcome = await channel.send({ ...message('d1'), ...(to === undefined ? {} : { to }) });
  await channel.close();
  await fake.close();
  return { outcome, taken: fake.taken.map(({ body }) => inputOf(body)) };
};

describe('a text message by Amazon SNS', () => {
  it('is a transactional one to a number, under the name of its sender', async () => {
    const { outcome, taken } = await sendTo('works', { senderId: 'SHOP' });
    expect(outcome).toEqual({ status: 'accepted', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(taken).toEqual([
      {
        PhoneNumber: '+15005550006',
        Message: 'Your parcel is on its way 🚚',
        MessageAttributes: {
          'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' },
          'AWS.SNS.SMS.SenderID': { DataType: 'String', StringValue: 'SHOP' },
        },
      },
    ]);
  });

  it.each([
    [400, 'InvalidParameter', 'Invalid parameter: PhoneNumber Reason: +15005550006 is not valid to publish to', 'recipient'],
    [400, 'OptedOut', 'opted out', 'recipient'],
    [400, 'InvalidParameter', 'Invalid parameter: Message too long', 'message'],
    [400, 'ParameterValueInvalid', 'no', 'message'],
    [403, 'AuthorizationError', 'no', 'configuration'],
    [403, 'SignatureDoesNotMatch', 'no', 'configuration'],
    [400, 'ExpiredToken', 'no', 'configuration'],
    [403, 'SomethingNew', 'no', 'configuration'],
  ])('is rejected after %i %s (%s): the %s is to blame', async (http, code, words, blame) => {
    const { outcome } = await sendTo(error(http, code, words));
    expect(outcome).toMatchObject({ status: 'rejected', permanent: true, blame });
    expect(outcome).toMatchObject({ reason: expect.not.stringContaining('5005550006') });
  });

  it.each([
    [400, 'Throttling', 'throttled'],
    [429, 'Throttled', 'throttled'],
    [500, 'InternalError', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
  ])('after %i %s is %s', async (http, code, status) => {
    expect((await sendTo(error(http, code, 'no'))).outcome).toMatchObject({ status });
  });

  it.each([
    ['an answer that names no message', { http: 200, body: '<PublishResponse><PublishResult></PublishResult></PublishResponse>', type: 'text/xml' }],
    ['an answer that is none', { http: 200, body: '', type: 'text/xml' }],
    ['the page of a gateway', { http: 504, body: '<html><body>too late</body></html>', type: 'text/html' }],
  ])('may have been sent after %s', async (_, reply) => {
    expect((await sendTo(reply)).outcome).toMatchObject({ status: 'unknown' });
  });

  it('is not tried with what is no number', async () => {
    const { outcome, taken } = await sendTo('works', {}, '15005550006');
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_number', blame: 'recipient' });
    expect(taken).toEqual([]);
  });
});
