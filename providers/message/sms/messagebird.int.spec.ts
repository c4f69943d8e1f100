import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { accessKey, error, fakeMessageBird } from './fake-vendors/fake-messagebird.ts';
import { everySituation, fakeVendor, message, type Reply } from './fake-vendors/fake-vendor.ts';
import { type MessageBirdSettings, openMessageBird } from './messagebird.ts';

const settings = (baseUrl: string, more: Partial<MessageBirdSettings> = {}): MessageBirdSettings => ({
  accessKey,
  originator: 'The Shop',
  baseUrl,
  timeoutMs: 10_000,
  ...more,
});

channelContract('MessageBird', {
  message,
  overHttp: true,
  open: everySituation(fakeMessageBird, (baseUrl, timeoutMs) => openMessageBird(settings(baseUrl, { timeoutMs }))),
});

const sendTo = async (answer: Reply | 'works', more: Partial<MessageBirdSettings> = {}, to?: string) => {
  const fake = await fakeVendor(fakeMessageBird(), answer);
  const channel = await openMessageBird(settings(fake.baseUrl, more));
  const outcome = await channel.send({ ...message('d1'), ...(to === undefined ? {} : { to }) });
  await fake.close();
  return { outcome, taken: fake.taken.map(({ body }) => JSON.parse(body)) };
};

describe('a text message by MessageBird', () => {
  it('says what it is, from whom and to whom, and where to report, with the delivery as its reference', async () => {
    const { outcome, taken } = await sendTo('works', { reportUrl: 'https://shop.example/webhooks/messagebird' });
    expect(outcome).toEqual({ status: 'accepted', reference: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(taken).toEqual([
      {
        originator: 'The Shop',
        recipients: ['15005550006'],
        body: 'Your parcel is on its way 🚚',
        datacoding: 'auto',
        reference: 'd1',
        reportUrl: 'https://shop.example/webhooks/messagebird',
      },
    ]);
  });

  it.each([
    [422, 9, 'recipients', 'recipient'],
    [422, 10, 'recipient', 'recipient'],
    [422, 10, 'originator', 'configuration'],
    [422, 10, 'body', 'message'],
    [422, 21, null, 'message'],
    [401, 2, 'access_key', 'configuration'],
    [402, 25, null, 'configuration'],
    [405, 98, null, 'configuration'],
  ])('is rejected after %i with code %i of %s: the %s is to blame', async (http, code, parameter, blame) => {
    const { outcome } = await sendTo(error(http, code, 'not for 15005550006', parameter));
    expect(outcome).toEqual({
      status: 'rejected',
      code: String(code),
      permanent: true,
      blame,
      reason: `answered ${http}, code ${code}: not for <number>`,
    });
  });

  it.each([
    [429, 11, 'throttled'],
    [500, 99, 'unavailable'],
    [503, 99, 'unavailable'],
  ])('after %i with code %i is %s', async (http, code, status) => {
    expect((await sendTo(error(http, code, 'no'))).outcome).toMatchObject({ status });
  });

  it.each([
    ['an answer that names no message', { http: 201, body: '{"id":""}' }],
    ['the page of a gateway', { http: 502, body: '<html>' }],
    ['an error without errors', { http: 500, body: '{"errors":[]}' }],
  ])('may have been sent after %s', async (_, reply) => {
    expect((await sendTo(reply)).outcome).toMatchObject({ status: 'unknown' });
  });

  it('is not tried with what is no number', async () => {
    const { outcome, taken } = await sendTo('works', {}, 'ada@example.com');
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_number', blame: 'recipient' });
    expect(taken).toEqual([]);
  });
});
