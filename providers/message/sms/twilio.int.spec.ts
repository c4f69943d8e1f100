import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { accountSid, authToken, error, fakeTwilio } from './fake-vendors/fake-twilio.ts';
import { everySituation, fakeVendor, message, type Reply } from './fake-vendors/fake-vendor.ts';
import { openTwilio, type TwilioSettings } from './twilio.ts';

const settings = (baseUrl: string, more: Partial<TwilioSettings> = {}): TwilioSettings => ({
  accountSid,
  authToken,
  from: '+15005550001',
  baseUrl,
  timeoutMs: 10_000,
  ...more,
});

channelContract('Twilio', {
  message,
  overHttp: true,
  open: everySituation(fakeTwilio, (baseUrl, timeoutMs) => openTwilio(settings(baseUrl, { timeoutMs }))),
});

const sendTo = async (answer: Reply | 'works', more: Partial<TwilioSettings> = {}, to?: string) => {
  const fake = await fakeVendor(fakeTwilio(), answer);
  const channel = await openTwilio(settings(fake.baseUrl, more));
  const outcome = await channel.send({ ...message('0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7'), ...(to === undefined ? {} : { to }) });
  await fake.close();
  return { outcome, taken: fake.taken.map(({ body }) => Object.fromEntries(new URLSearchParams(body))) };
};

describe('a text message by Twilio', () => {
  it('says what it is, from whom and to whom, and where to report, with the delivery', async () => {
    const { outcome, taken } = await sendTo('works', { statusCallback: 'https://shop.example/webhooks/twilio?a=b' });
    expect(outcome).toEqual({ status: 'accepted', reference: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
    expect(taken).toEqual([
      {
        To: '+15005550006',
        From: '+15005550001',
        Body: 'Your parcel is on its way 🚚',
        StatusCallback: 'https://shop.example/webhooks/twilio?a=b&delivery_id=0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7',
      },
    ]);
  });

  it('goes by a messaging service where that is the sender', async () => {
    const service = `MG${'a'.repeat(32)}`;
    const { outcome, taken } = await sendTo('works', { from: service });
    expect(outcome.status).toBe('accepted');
    expect(taken[0]).toMatchObject({ MessagingServiceSid: service });
    expect(taken[0]).not.toHaveProperty('From');
  });

  it.each([
    [400, 21211, 'rejected', 'recipient'],
    [400, 21614, 'rejected', 'recipient'],
    [400, 21610, 'rejected', 'recipient'],
    [400, 21408, 'rejected', 'destination'],
    [401, 20003, 'rejected', 'configuration'],
    [404, 20404, 'rejected', 'configuration'],
    [400, 21617, 'rejected', 'message'],
    [400, 29999, 'rejected', 'message'],
  ])('takes %i with code %i as %s, and the %s is to blame', async (http, code, status, blame) => {
    const { outcome } = await sendTo(error(http, code, "Invalid 'To' Phone Number: +1 (500) 555-0006"));
    expect(outcome).toMatchObject({ status, code: String(code), permanent: true, blame });
    expect(outcome).toMatchObject({ reason: `answered ${http}, code ${code}: Invalid 'To' Phone Number: <number>` });
  });

  it.each([
    [429, 20429, 'throttled'],
    [400, 21611, 'throttled'],
    [500, 20500, 'unavailable'],
    [503, 20503, 'unavailable'],
    [408, 20008, 'unavailable'],
  ])('takes %i with code %i as %s', async (http, code, status) => {
    expect((await sendTo(error(http, code, 'no'))).outcome).toMatchObject({ status });
  });

  it('waits as long as Twilio says', async () => {
    const { outcome } = await sendTo({ ...error(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '7' } });
    expect(outcome).toMatchObject({ status: 'throttled', retryAfterMs: 7_000 });
  });

  it('follows no redirect, and takes it for a wrong address', async () => {
    const { outcome } = await sendTo({ http: 307, body: '', headers: { location: '/elsewhere' } });
    expect(outcome).toMatchObject({ status: 'rejected', blame: 'configuration' });
  });

  it.each([
    ['an answer that names no message', { http: 201, body: '{"status":"queued"}' }],
    ['an answer that is no object', { http: 201, body: '7' }],
    ['the page of a gateway', { http: 504, body: '<html>' }],
  ])('may have been sent after %s', async (_, reply) => {
    expect((await sendTo(reply)).outcome).toMatchObject({ status: 'unknown' });
  });

  it('is not tried with what is no number', async () => {
    const { outcome, taken } = await sendTo('works', {}, '015005550006');
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_number', blame: 'recipient' });
    expect(taken).toEqual([]);
  });
});
