import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { messagebirdReceipts } from './messagebird-receipts.ts';

const key = 'fake-signing-key-of-some-length';
const now = new Date('2026-01-02T03:04:35Z');
const seconds = now.getTime() / 1000;
const receipts = messagebirdReceipts(key, () => now);

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const report = (more: Record<string, string>) => new URLSearchParams({ id: 'm1', statusDatetime: '2026-01-02T03:04:05+00:00', ...more }).toString();
const url = `https://shop.example/webhooks/messagebird?${report({ status: 'delivered', recipient: '15005550006' })}`;

const claims = { iss: 'MessageBird', nbf: seconds - 30, exp: seconds + 30, jti: 'j1', url_hash: hash(url) };
const token = (more: Record<string, unknown> = {}, secret = key, alg = 'HS256') =>
  new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg, typ: 'JWT' }).sign(Buffer.from(secret.padEnd(64, secret === key ? '' : 'x')));
const verify = async (signature: string | undefined, body = '', at = url) =>
  receipts.verify({ body: Buffer.from(body), headers: signature === undefined ? {} : { 'messagebird-signature-jwt': signature }, url: at });

describe('a webhook of MessageBird', () => {
  it('is taken with a token of its address', async () => {
    expect(await verify(await token())).toEqual({ verified: true });
  });

  it('is taken with a token of its address and body', async () => {
    expect(await verify(await token({ payload_hash: hash('{"a":1}') }), '{"a":1}')).toEqual({ verified: true });
  });

  it('is taken though the clocks differ by some seconds', async () => {
    expect(await verify(await token({ exp: seconds - 3 }))).toEqual({ verified: true });
  });

  it.each([
    ['no token', async () => undefined, ''],
    ['what is no token', async () => 'a.b.c', ''],
    ['the token of another', () => token({}, 'another secret'), ''],
    ['a token of another issuer', () => token({ iss: 'Somebody' }), ''],
    ['a token of another algorithm', () => token({}, key.padEnd(64, '0'), 'HS512'), ''],
    ['an old token', () => token({ exp: seconds - 60 }), ''],
    ['a token of the future', () => token({ nbf: seconds + 60 }), ''],
    ['a token without an end', () => token({ exp: undefined }), ''],
    ['a token without an id', () => token({ jti: undefined }), ''],
    ['a token of another address', () => token({ url_hash: hash(`${url}&status=sent`) }), ''],
    ['a token whose hash is none', () => token({ url_hash: 7 }), ''],
    ['a token of another body', () => token({ payload_hash: hash('{"a":2}') }), '{"a":1}'],
    ['a token of no body', () => token(), '{"a":1}'],
  ])('is refused with %s', async (_, make, body) => {
    expect(await verify(await make(), body)).toHaveProperty('invalid');
  });

  it('without signing is refused', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    expect(await verify(unsigned)).toHaveProperty('invalid');
  });
});

describe('what MessageBird reports', () => {
  const at = '2026-01-02T03:04:05.000Z';

  it.each([
    [{ status: 'sent' }, { what: 'sent' }],
    [{ status: 'buffered' }, { what: 'sent' }],
    [{ status: 'delivered' }, { what: 'delivered' }],
    [{ status: 'expired' }, { what: 'bounced', permanent: false }],
    [
      { status: 'delivery_failed', statusReason: 'unknown subscriber', statusErrorCode: '1' },
      { what: 'bounced', permanent: true, reason: 'unknown subscriber 1' },
    ],
    [
      { status: 'delivery_failed', statusReason: 'unavailable subscriber' },
      { what: 'bounced', permanent: false, reason: 'unavailable subscriber' },
    ],
    [
      { status: 'delivery_failed', statusReason: 'opted-out' },
      { what: 'unsubscribed', reason: 'opted-out' },
    ],
    [
      { status: 'delivery_failed', statusErrorCode: '7' },
      { what: 'failed', reason: '7' },
    ],
  ])('%j', (said, receipt) => {
    const { receipts: read } = receipts.read('', {}, `https://shop.example/w?${report(said)}`);
    expect(read).toEqual([{ reference: 'm1', eventId: `m1:${said.status}`, at, ...receipt }]);
  });

  it('may also come in a form', () => {
    expect(receipts.read(report({ status: 'delivered' }), {}).receipts).toHaveLength(1);
  });

  it('came now where it does not say when', () => {
    expect(receipts.read('id=m1&status=sent', {}).receipts).toEqual([{ reference: 'm1', eventId: 'm1:sent', at: now.toISOString(), what: 'sent' }]);
  });

  it.each(['status=delivered', 'id=m1&status=scheduled', 'id=m1', ''])('is nothing new with "%s"', (body) => {
    expect(receipts.read(body, {}).receipts).toEqual([]);
  });
});
