import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openTwilioReceipts } from './twilio-receipts.ts';

const authToken = 'fake-auth-token';
const receipts = await openTwilioReceipts(authToken);

/** Of Twilio's documents: the address, and each parameter's name and value, by name. */
const sign = (url: string, params: Record<string, string> = {}) => {
  const text = Object.keys(params)
    .sort()
    .reduce((all, name) => `${all}${name}${params[name]}`, url);
  return createHmac('sha1', authToken).update(text).digest('base64');
};

const sid = `SM${'a1'.repeat(16)}`;
const url = 'https://shop.example/webhooks/twilio?delivery_id=d1';
const params = { MessageSid: sid, MessageStatus: 'delivered', To: '+15005550006', From: '+15005550001', ApiVersion: '2010-04-01' };
const form = (of: Record<string, string>) => new URLSearchParams(of).toString();
const verify = (body: string, signature: string | undefined, at = url) =>
  receipts.verify({ body: Buffer.from(body), headers: signature === undefined ? {} : { 'x-twilio-signature': signature }, url: at });

describe('a webhook of Twilio', () => {
  it('is taken with the signature of its address and form', async () => {
    expect(await verify(form(params), sign(url, params))).toEqual({ verified: true });
  });

  it('is taken whether the address was signed with its port or without', async () => {
    const withPort = url.replace('shop.example', 'shop.example:443');
    expect(await verify(form(params), sign(withPort, params))).toEqual({ verified: true });
    expect(await verify(form(params), sign(url, params), withPort)).toEqual({ verified: true });
  });

  it('of another body than a form is taken with the hash of it in the signed address', async () => {
    const body = '{"a": "b"}';
    const hashed = `${url}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    expect(await verify(body, sign(hashed), hashed)).toEqual({ verified: true });
    expect(await verify('{"a": "c"}', sign(hashed), hashed)).toHaveProperty('invalid');
  });

  it.each([
    ['of another form', form({ ...params, MessageStatus: 'failed' }), sign(url, params), url],
    ['of another address', form(params), sign(url, params), `${url}&more=1`],
    ['of nobody', form(params), undefined, url],
    ['that is none', form(params), 'AAAA', url],
    ['of an address that is none', form(params), sign('/webhooks', params), '/webhooks'],
  ])('is refused with a signature %s', async (_, body, signature, at) => {
    expect(await verify(body, signature, at)).toHaveProperty('invalid');
  });
});

describe('what Twilio reports', () => {
  const read = (more: Record<string, string>) => receipts.read(form({ MessageSid: sid, ...more }), {}).receipts;

  it.each([
    ['sent', '', { what: 'sent' }],
    ['delivered', '', { what: 'delivered' }],
    ['undelivered', '30003', { what: 'bounced', permanent: false, reason: '30003' }],
    ['undelivered', '30005', { what: 'bounced', permanent: true, reason: '30005' }],
    ['undelivered', '30006', { what: 'bounced', permanent: true, reason: '30006' }],
    ['undelivered', '30007', { what: 'failed', reason: '30007' }],
    ['undelivered', '30008', { what: 'failed', reason: '30008' }],
    ['failed', '30001', { what: 'failed', reason: '30001' }],
    ['failed', '21610', { what: 'unsubscribed', reason: '21610' }],
    ['failed', '', { what: 'failed', reason: 'failed' }],
  ])('%s %s', (status, code, receipt) => {
    const more = code === '' ? {} : { ErrorCode: code };
    expect(read({ MessageStatus: status, ...more })).toEqual([{ reference: sid, eventId: `${sid}:${status}`, at: expect.any(String), ...receipt }]);
  });

  it.each(['queued', 'sending', 'accepted', 'scheduled', 'tomorrow'])('is nothing new with %s', (status) => {
    expect(read({ MessageStatus: status })).toEqual([]);
  });

  const answer = (more: Record<string, string>) => read({ SmsStatus: 'received', From: '+15005550006', To: '+15005550001', ...more });

  it.each([{ Body: ' Stop. ' }, { Body: 'unsubscribe' }, { Body: 'Arrêt', OptOutType: 'STOP' }])('is the end of it with the answer %j', (more) => {
    expect(answer(more)).toEqual([{ reference: '', address: '+15005550006', eventId: `${sid}:stop`, at: expect.any(String), what: 'unsubscribed' }]);
  });

  it.each([{ Body: 'stop it at the door, please' }, { Body: 'START', OptOutType: 'START' }, { Body: 'stop', From: 'whatsapp:1' }])('is not with %j', (more) => {
    expect(answer(more)).toEqual([]);
  });

  it('is nothing without a message', () => {
    expect(receipts.read('', {}).receipts).toEqual([]);
  });
});
