import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { status } from './fake-vendors/fake-vonage.ts';
import { vonageReceipts } from './vonage-receipts.ts';

const secret = 'fake-signature-secret-of-some-length';
const now = new Date('2026-01-02T03:04:35Z');
const receipts = vonageReceipts(secret, () => now);
const body = status({ status: 'delivered' });
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

const claims = { iss: 'Vonage', iat: now.getTime() / 1000, jti: 'j1', api_key: 'abcd1234', payload_hash: hash(body) };
const token = (more: Record<string, unknown> = {}, by = secret) =>
  new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.from(by));
const verify = async (authorization: string | undefined, of = body) =>
  receipts.verify({ body: Buffer.from(of), headers: authorization === undefined ? {} : { authorization }, url: 'https://shop.example/webhooks/vonage' });

describe('a webhook of Vonage', () => {
  it('is taken with a token of its body', async () => {
    expect(await verify(`Bearer ${await token()}`)).toEqual({ verified: true });
  });

  it.each([
    ['no token', async () => undefined],
    ['what is no token', async () => 'Bearer a.b.c'],
    ['another kind of credentials', async () => 'Basic YTpi'],
    ['the token of another', async () => `Bearer ${await token({}, 'another secret of such a length')}`],
    ['a token of another issuer', async () => `Bearer ${await token({ iss: 'Somebody' })}`],
    ['a token that has ended', async () => `Bearer ${await token({ exp: claims.iat - 60 })}`],
    ['a token of another body', async () => `Bearer ${await token({ payload_hash: hash('{}') })}`],
    ['a token of no body', async () => `Bearer ${await token({ payload_hash: undefined })}`],
    ['a token without an id', async () => `Bearer ${await token({ jti: undefined })}`],
  ])('is refused with %s', async (_, make) => {
    expect(await verify(await make())).toHaveProperty('invalid');
  });
});

describe('what Vonage reports', () => {
  const id = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
  const error = (code: number) => ({ type: `https://developer.nexmo.com/api-errors/messages-olympus#${code}`, title: String(code), detail: 'no' });

  it.each([
    [{ status: 'submitted' }, { what: 'sent' }],
    [{ status: 'delivered' }, { what: 'delivered' }],
    [
      { status: 'rejected', error: error(1190) },
      { what: 'bounced', permanent: true, reason: '1190' },
    ],
    [
      { status: 'rejected', error: { title: '1180' } },
      { what: 'bounced', permanent: false, reason: '1180' },
    ],
    [
      { status: 'rejected', error: error(1240) },
      { what: 'unsubscribed', reason: '1240' },
    ],
    [
      { status: 'undeliverable', error: error(1210) },
      { what: 'failed', reason: '1210' },
    ],
    [
      { status: 'rejected', error: { title: 'Rejected' } },
      { what: 'failed', reason: 'rejected' },
    ],
    [{ status: 'undeliverable' }, { what: 'failed', reason: 'undeliverable' }],
  ])('%j', (said, receipt) => {
    expect(receipts.read(status(said), {}).receipts).toEqual([{ reference: id, eventId: `${id}:${said.status}`, at: '2026-01-02T03:04:05.678Z', ...receipt }]);
  });

  const answer = (more: object) =>
    receipts.read(JSON.stringify({ channel: 'sms', message_uuid: id, to: '15005550001', from: '15005550006', message_type: 'text', ...more }), {}).receipts;

  it('is the end of it with the answer STOP', () => {
    expect(answer({ text: 'STOP' })).toEqual([{ reference: '', address: '+15005550006', eventId: `${id}:stop`, at: now.toISOString(), what: 'unsubscribed' }]);
  });

  it.each([
    { text: 'thanks' },
    {},
    { text: 'stop', from: 'Shop' },
    { channel: 'whatsapp', text: 'stop' },
    { status: 'on its way' },
    { message_uuid: 7.5, status: 'x' },
  ])('is nothing new with %j', (more) => {
    expect(answer(more)).toEqual([]);
  });

  it('is nothing if it is no object', () => {
    expect(receipts.read('[]', {}).receipts).toEqual([]);
  });
});
