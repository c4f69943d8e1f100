import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { emailMessage, fullMessage, sender } from './fake-vendors/examples.ts';
import { formOf, mailgunProblem, mailgunVendor } from './fake-vendors/fake-mailgun.ts';
import { httpSubject, type Open, openBefore, sendOnce } from './fake-vendors/situations.ts';
import { openMailgun } from './mailgun.ts';
import { mailgunReceipts } from './mailgun-receipts.ts';

const open: Open = (settings) => openMailgun({ apiKey: 'key-test', domain: 'mg.example.org', from: sender, ...settings });

channelContract('Mailgun', httpSubject(mailgunVendor, open));

describe('e-mail through Mailgun', () => {
  it('brings all that the message has, and what its receipts are matched by', async () => {
    const opened = await openBefore(mailgunVendor, open, 'works');
    const outcome = await sendOnce(opened, fullMessage('d1'));
    expect(outcome).toMatchObject({ status: 'accepted', reference: expect.stringMatching(/^[^<>]+@mg\.example\.org$/) });
    const [request] = opened.fake.requests;
    if (!request) throw new Error('nothing arrived');
    const { attachment, ...fields } = Object.fromEntries(await formOf(request));
    expect(fields).toEqual({
      from: '"The Shop" <shop@example.org>',
      to: 'ada@example.com',
      subject: 'Your receipt: £10.50',
      // As forms have it.
      text: 'Thank you, Ada.\r\n',
      html: '<p>Thank you, <b>Ada</b>.</p>',
      'h:Auto-Submitted': 'auto-generated',
      'h:X-Auto-Response-Suppress': 'All',
      'h:X-Delivery-Id': 'd1',
      'h:List-Unsubscribe': '<https://shop.example.org/unsubscribe?token=t1>',
      'h:List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'h:Reply-To': 'help@example.org',
      'v:delivery_id': 'd1',
      'v:notification_id': 'n1',
    });
    expect(attachment).toMatchObject({ name: 'receipt.txt', type: 'text/plain' });
    expect(attachment instanceof File && (await attachment.text())).toBe('10.50');
  });

  it.each(['text', 'html'] as const)('sends a message without %s', async (part) => {
    const opened = await openBefore(mailgunVendor, open, 'works');
    expect(await sendOnce(opened, { ...emailMessage('d1'), [part]: null })).toMatchObject({ status: 'accepted' });
  });

  it('waits as long as Mailgun says', async () => {
    expect(await sendOnce(await openBefore(mailgunVendor, open, 'busy'), emailMessage('d1'))).toMatchObject({ status: 'throttled', retryAfterMs: 7_000 });
  });

  it.each([
    [400, "'to' parameter is not a valid address", { status: 'rejected', code: 'invalid_recipient', permanent: true, blame: 'recipient' }],
    [400, "'from' parameter is not a valid address", { status: 'rejected', code: 'invalid_sender', permanent: false, blame: 'configuration' }],
    [400, 'Sandbox subdomains are for test purposes only.', { status: 'rejected', permanent: false, blame: 'destination' }],
    [400, 'attachment is odd', { status: 'rejected', code: 'bad_request', permanent: true, blame: 'message' }],
    [402, 'pay', { status: 'rejected', code: 'unpaid', permanent: false, blame: 'configuration' }],
    [404, 'Domain not found: mg.example.org', { status: 'rejected', code: 'not_found', permanent: false, blame: 'configuration' }],
    [413, 'long', { status: 'rejected', code: 'too_large', permanent: true, blame: 'message' }],
    [500, 'oops', { status: 'unavailable' }],
    [502, 'gateway', { status: 'unknown' }],
    [200, 'Queued, but by what name?', { status: 'unknown' }],
  ])('takes %i “%s” for what it is', async (status, words, expected) => {
    const opened = await openBefore(mailgunVendor, open, 'works', mailgunProblem(status, words));
    expect(await sendOnce(opened, emailMessage('d1'))).toMatchObject(expected);
    expect(opened.fake.requests).toHaveLength(1);
  });

  it('does not ask Mailgun to take what is no address', async () => {
    const opened = await openBefore(mailgunVendor, open, 'works');
    expect(await sendOnce(opened, { ...emailMessage('d1'), to: 'ada@example.com, eve@example.com' })).toMatchObject({ code: 'invalid_address' });
    expect(opened.fake.requests).toEqual([]);
  });
});

describe('Mailgun’s webhooks', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const open = (mostTokens?: number) => mailgunReceipts({ signingKey: 'signing', now: () => now, ...(mostTokens === undefined ? {} : { mostTokens }) });
  const signed = (data: object, { at = now, token = String(randomUUID()), key = 'signing' } = {}) => {
    const timestamp = String(at / 1_000);
    const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
    const body = Buffer.from(JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': data }));
    return { body, headers: {}, url: 'https://shop.example.org/webhooks/mailgun' };
  };

  it('believes what Mailgun signed, and nothing else', async () => {
    const webhooks = open();
    expect(await webhooks.verify(signed({}))).toEqual({ verified: true, once: expect.any(String) });
    expect(await webhooks.verify(signed({}, { key: 'other' }))).toHaveProperty('invalid');
    expect(await webhooks.verify(signed({}, { at: now - 10 * 3_600_000 }))).toHaveProperty('invalid');
    expect(await webhooks.verify(signed({}, { at: now + 600_000 }))).toHaveProperty('invalid');
    expect(await webhooks.verify({ ...signed({}), body: Buffer.from('{"signature":{"timestamp":"1","token":"t","signature":"abc"}}') })).toHaveProperty(
      'invalid',
    );
    expect(await webhooks.verify({ ...signed({}), body: Buffer.from('nonsense') })).toHaveProperty('invalid');
  });

  it('takes a webhook again that Mailgun repeats, and refuses another event under its token', async () => {
    const webhooks = open();
    const request = signed({ event: 'opened' }, { token: 't1' });
    expect(await webhooks.verify(request)).toEqual({ verified: true, once: 't1' });
    expect(await webhooks.verify(request)).toEqual({ verified: true, once: 't1' });
    expect(await webhooks.verify(signed({ event: 'complained' }, { token: 't1' }))).toEqual({ invalid: 'the token was used for another event' });
  });

  it('remembers no more tokens than it may', async () => {
    const webhooks = open(2);
    for (const token of ['t1', 't2', 't3']) await webhooks.verify(signed({ n: 1 }, { token }));
    expect(await webhooks.verify(signed({ n: 2 }, { token: 't3' }))).toHaveProperty('invalid');
    expect(await webhooks.verify(signed({ n: 2 }, { token: 't1' }))).toMatchObject({ verified: true });
  });

  const event = (more: object) => ({
    id: 'e1',
    timestamp: 1_772_366_400.25,
    recipient: 'ada@example.com',
    message: { headers: { 'message-id': '2026.1@mg.example.org' } },
    ...more,
  });
  const read = (more: object) => open().read(signed(event(more)).body.toString(), {}).receipts;

  it.each([
    ['accepted', 'sent'],
    ['delivered', 'delivered'],
    ['rejected', 'failed'],
    ['opened', 'opened'],
    ['clicked', 'clicked'],
    ['complained', 'complained'],
    ['unsubscribed', 'unsubscribed'],
  ])('reads %s as %s', (name, what) => {
    expect(read({ event: name })).toEqual([{ reference: '2026.1@mg.example.org', eventId: 'e1', at: '2026-03-01T12:00:00.250Z', what }]);
  });

  it('tells a bounce of the address from other failures, and repeats no address', () => {
    const status = { 'delivery-status': { code: 550, message: '5.1.1 <ada@example.com> unknown' } };
    expect(read({ event: 'failed', severity: 'permanent', reason: 'bounce', ...status })).toMatchObject([
      { what: 'bounced', permanent: true, reason: 'bounce: 5.1.1 <address> unknown' },
    ]);
    expect(read({ event: 'failed', severity: 'permanent', reason: 'old' })).toMatchObject([{ what: 'bounced', permanent: false }]);
    expect(read({ event: 'failed', severity: 'permanent', reason: 'suppress-complaint' })).toMatchObject([{ what: 'failed' }]);
  });

  it('passes over bots, what Mailgun goes on trying, and what it does not know', () => {
    expect(read({ event: 'failed', severity: 'temporary' })).toEqual([]);
    expect(read({ event: 'opened', 'client-info': { bot: 'apple' } })).toEqual([]);
    expect(read({ event: 'stored' })).toEqual([]);
    expect(open().read('{}', {}).receipts).toEqual([]);
  });
});
