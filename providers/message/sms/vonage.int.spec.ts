import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { everySituation, fakeVendor, message, type Reply } from './fake-vendors/fake-vendor.ts';
import { apiKey, apiSecret, error, fakeVonage } from './fake-vendors/fake-vonage.ts';
import { openVonage, type VonageSettings } from './vonage.ts';

const settings = (baseUrl: string, more: Partial<VonageSettings> = {}): VonageSettings => ({
  apiKey,
  apiSecret,
  from: '+15005550001',
  baseUrl,
  timeoutMs: 10_000,
  ...more,
});

channelContract('Vonage', {
  message,
  overHttp: true,
  open: everySituation(fakeVonage, (baseUrl, timeoutMs) => openVonage(settings(baseUrl, { timeoutMs }))),
});

const sendTo = async (answer: Reply | 'works', to?: string) => {
  const fake = await fakeVendor(fakeVonage(), answer);
  const channel = await openVonage(settings(fake.baseUrl));
  const outcome = await channel.send({ ...message('d1'), ...(to === undefined ? {} : { to }) });
  await fake.close();
  return { outcome, taken: fake.taken.map(({ body }) => JSON.parse(body)) };
};

describe('a text message by Vonage', () => {
  it('says what it is, from whom and to whom, with the delivery as its reference', async () => {
    const { outcome, taken } = await sendTo('works');
    expect(outcome).toEqual({ status: 'accepted', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(taken).toEqual([
      { channel: 'sms', message_type: 'text', to: '15005550006', from: '15005550001', text: 'Your parcel is on its way 🚚', client_ref: 'd1' },
    ]);
  });

  it.each([
    [422, '1170', {}, 'recipient'],
    [422, '1240', {}, 'recipient'],
    [422, '1020', { invalid_parameters: [{ name: 'to', reason: 'no' }] }, 'recipient'],
    [422, '1020', { invalid_parameters: [{ name: 'from', reason: 'no' }] }, 'configuration'],
    [422, '1020', { invalid_parameters: [{ name: 'text', reason: 'no' }] }, 'message'],
    [422, '1120', {}, 'destination'],
    [402, 'low-balance', {}, 'configuration'],
    [401, 'unauthorized', {}, 'configuration'],
  ])('is rejected after %i with %s %j: the %s is to blame', async (http, code, more, blame) => {
    const { outcome } = await sendTo(error(http, code, 'Not so', 'not for 15005550006', more));
    expect(outcome).toEqual({ status: 'rejected', code, permanent: true, blame, reason: `answered ${http}, code ${code}: Not so: not for <number>` });
  });

  it.each([
    [429, '1000', 'throttled'],
    [422, '1241', 'throttled'],
    [500, '1030', 'unavailable'],
  ])('after %i with %s is %s', async (http, code, status) => {
    expect((await sendTo(error(http, code, 'No', 'no'))).outcome).toMatchObject({ status });
  });

  it.each([
    ['an answer that names no message', { http: 202, body: '{}' }],
    ['an answer that is no object', { http: 202, body: '[]' }],
    ['the page of a gateway', { http: 504, body: '<html>' }],
  ])('may have been sent after %s', async (_, reply) => {
    expect((await sendTo(reply)).outcome).toMatchObject({ status: 'unknown' });
  });

  it('is not tried with what is no number', async () => {
    const { outcome, taken } = await sendTo('works', '+0500');
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_number', blame: 'recipient' });
    expect(taken).toEqual([]);
  });
});
