import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { channelContract } from '../contract.ts';
import { emailMessage, fullMessage, sender } from './fake-vendors/examples.ts';
import { sendgridProblem, sendgridVendor } from './fake-vendors/fake-sendgrid.ts';
import { httpSubject, type Open, openBefore, sendOnce } from './fake-vendors/situations.ts';
import { openSendgrid } from './sendgrid.ts';
import { sendgridReceipts } from './sendgrid-receipts.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const webhookPublicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const open: Open = (settings) => openSendgrid({ apiKey: 'SG.test', from: sender, ...settings });

channelContract('SendGrid', httpSubject(sendgridVendor, open));

describe('e-mail through SendGrid', () => {
  it('brings all that the message has, and what its receipts are matched by', async () => {
    const opened = await openBefore(sendgridVendor, open, 'works');
    expect(await sendOnce(opened, fullMessage('d1'))).toMatchObject({ status: 'accepted' });
    expect(JSON.parse(opened.fake.requests[0]?.body.toString() ?? '')).toMatchObject({
      from: { name: 'The Shop', email: 'shop@example.org' },
      reply_to: { email: 'help@example.org' },
      personalizations: [{ to: [{ email: 'ada@example.com' }], custom_args: { delivery_id: 'd1', notification_id: 'n1' } }],
      subject: 'Your receipt: £10.50',
      content: [
        { type: 'text/plain', value: 'Thank you, Ada.\n' },
        { type: 'text/html', value: '<p>Thank you, <b>Ada</b>.</p>' },
      ],
      headers: {
        'X-Delivery-Id': 'd1',
        'List-Unsubscribe': '<https://shop.example.org/unsubscribe?token=t1>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      attachments: [{ filename: 'receipt.txt', type: 'text/plain', content: 'MTAuNTA=', disposition: 'attachment' }],
    });
  });

  it('waits as long as SendGrid says', async () => {
    const outcome = await sendOnce(await openBefore(sendgridVendor, open, 'busy'), emailMessage('d1'));
    if (outcome.status !== 'throttled') throw new Error(outcome.status);
    expect(outcome.retryAfterMs).toBeGreaterThan(3_000_000);
    expect(outcome.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  it.each([
    [400, 'to is bad', 'personalizations.0.to.0.email', { status: 'rejected', code: 'invalid_recipient', permanent: true, blame: 'recipient' }],
    [400, 'from is bad', 'from.email', { status: 'rejected', code: 'invalid_sender', permanent: false, blame: 'configuration' }],
    [400, 'subject is bad', 'subject', { status: 'rejected', code: 'bad_request', permanent: true, blame: 'message' }],
    [401, 'no', null, { status: 'rejected', code: 'unauthorized', permanent: false, blame: 'configuration' }],
    [403, 'The from address does not match a verified Sender Identity.', 'from', { status: 'rejected', permanent: false, blame: 'configuration' }],
    [413, 'too long', null, { status: 'rejected', code: 'too_large', permanent: true, blame: 'message' }],
    [302, 'elsewhere', null, { status: 'rejected', code: 'redirected', permanent: false, blame: 'configuration' }],
    [408, 'slow', null, { status: 'unavailable' }],
    [500, 'oops', null, { status: 'unavailable' }],
    [503, 'later', null, { status: 'unavailable' }],
    [502, 'gateway', null, { status: 'unknown' }],
    [504, 'gateway', null, { status: 'unknown' }],
  ])('takes %i “%s” at %s for what it is', async (status, words, field, expected) => {
    const opened = await openBefore(sendgridVendor, open, 'works', sendgridProblem(status, words, field));
    expect(await sendOnce(opened, emailMessage('d1'))).toMatchObject(expected);
    expect(opened.fake.requests).toHaveLength(1);
  });

  it.each([
    [{ to: 'ada@example.com\r\nbcc: eve@example.com' }, 'invalid_address'],
    [{ subject: 'Hello\r\nBcc: eve@example.com' }, 'invalid_subject'],
    [{ text: null, html: null }, 'empty_message'],
    [{ replyTo: 'nobody' }, 'invalid_reply_to'],
    [{ unsubscribeUrl: 'javascript:alert(1)' }, 'invalid_unsubscribe_url'],
    [{ attachments: [{ filename: 'a\r\nb', contentType: 'text/plain', content: '' }] }, 'invalid_attachment'],
  ])('does not ask SendGrid to take %o', async (change, code) => {
    const opened = await openBefore(sendgridVendor, open, 'works');
    expect(await sendOnce(opened, { ...emailMessage('d1'), ...change })).toMatchObject({ status: 'rejected', code, permanent: true });
    expect(opened.fake.requests).toEqual([]);
  });
});

describe('SendGrid’s event webhook', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const webhooks = sendgridReceipts({ publicKey: webhookPublicKey, now: () => now });
  const signed = (body: string, at = now) => {
    const timestamp = String(Math.floor(at / 1_000));
    return {
      body: Buffer.from(body),
      url: 'https://shop.example.org/webhooks/sendgrid',
      headers: {
        'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), keys.privateKey).toString('base64'),
        'x-twilio-email-event-webhook-timestamp': timestamp,
      },
    };
  };

  it('believes what SendGrid signed, and nothing else', async () => {
    const request = signed('[{"event":"open"}]');
    expect(await webhooks.verify(request)).toEqual({ verified: true });
    expect(await webhooks.verify({ ...request, body: Buffer.from('[{"event":"bounce"}]') })).toHaveProperty('invalid');
    expect(await webhooks.verify({ ...request, headers: {} })).toHaveProperty('invalid');
    expect(await webhooks.verify({ ...request, headers: { ...request.headers, 'x-twilio-email-event-webhook-signature': 'AAAA' } })).toHaveProperty('invalid');
    expect(await webhooks.verify(signed('[]', now - 26 * 3_600_000))).toHaveProperty('invalid');
    expect(await webhooks.verify(signed('[]', now + 600_000))).toHaveProperty('invalid');
  });

  const event = (more: object) => ({ email: 'ada@example.com', timestamp: 1_772_366_400, sg_event_id: 'e1', sg_message_id: 'm1.filter0001.1-2-3', ...more });
  const read = (...events: readonly object[]) => webhooks.read(JSON.stringify(events), {}).receipts;

  it.each([
    ['processed', 'sent'],
    ['delivered', 'delivered'],
    ['dropped', 'failed'],
    ['open', 'opened'],
    ['click', 'clicked'],
    ['spamreport', 'complained'],
    ['unsubscribe', 'unsubscribed'],
    ['group_unsubscribe', 'unsubscribed'],
  ])('reads %s as %s', (name, what) => {
    expect(read(event({ event: name }))).toEqual([{ reference: 'm1', eventId: 'e1', at: '2026-03-01T12:00:00.000Z', what }]);
  });

  it('tells an address that never works from a message that was blocked, and repeats no address', () => {
    const reason = '550 5.1.1 <ada@example.com>: no such user';
    expect(read(event({ event: 'bounce', type: 'bounce', reason }))).toMatchObject([
      { what: 'bounced', permanent: true, reason: '550 5.1.1 <address>: no such user' },
    ]);
    expect(read(event({ event: 'bounce', type: 'blocked' }))).toMatchObject([{ what: 'bounced', permanent: false }]);
  });

  it('reads all events of a body, and passes over machines, delays and what it does not know', () => {
    const events = [
      event({ event: 'delivered' }),
      event({ event: 'open', sg_machine_open: true }),
      event({ event: 'deferred' }),
      event({ event: 'new', sg_event_id: 'e2' }),
      { event: 'delivered' },
    ];
    expect(read(...events, event({ event: 'open', sg_event_id: 'e3' })).map(({ eventId }) => eventId)).toEqual(['e1', 'e3']);
    expect(webhooks.read('not json', {}).receipts).toEqual([]);
  });
});
