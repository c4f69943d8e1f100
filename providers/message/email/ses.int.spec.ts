import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificate } from '../../../test/support/certificates.ts';
import { channelContract } from '../contract.ts';
import { emailMessage, fullMessage, sender } from './fake-vendors/examples.ts';
import { sesProblem, sesVendor } from './fake-vendors/fake-ses.ts';
import { httpSubject, type Open, openBefore, sendOnce } from './fake-vendors/situations.ts';
import { openSes } from './ses.ts';
import { sesReceipts } from './ses-receipts.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:mail';
const settings = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKTEST', secretAccessKey: 'secret' },
  from: sender,
};
const open: Open = (connection) => openSes({ ...settings, configurationSet: 'receipts', ...connection });

channelContract('SES', httpSubject(sesVendor, open));

describe('e-mail through SES', () => {
  it('brings all that the message has, and what its receipts are matched by', async () => {
    const opened = await openBefore(sesVendor, open, 'works');
    expect(await sendOnce(opened, fullMessage('d1'))).toMatchObject({ status: 'accepted' });
    expect(JSON.parse(opened.fake.requests[0]?.body.toString() ?? '')).toEqual({
      FromEmailAddress: '"The Shop" <shop@example.org>',
      Destination: { ToAddresses: ['ada@example.com'] },
      ReplyToAddresses: ['help@example.org'],
      ConfigurationSetName: 'receipts',
      EmailTags: [
        { Name: 'delivery_id', Value: 'd1' },
        { Name: 'notification_id', Value: 'n1' },
      ],
      Content: {
        Simple: {
          Subject: { Data: 'Your receipt: £10.50', Charset: 'UTF-8' },
          Body: { Text: { Data: 'Thank you, Ada.\n', Charset: 'UTF-8' }, Html: { Data: '<p>Thank you, <b>Ada</b>.</p>', Charset: 'UTF-8' } },
          Headers: [
            { Name: 'Auto-Submitted', Value: 'auto-generated' },
            { Name: 'X-Auto-Response-Suppress', Value: 'All' },
            { Name: 'X-Delivery-Id', Value: 'd1' },
            { Name: 'List-Unsubscribe', Value: '<https://shop.example.org/unsubscribe?token=t1>' },
            { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
          ],
          Attachments: [{ FileName: 'receipt.txt', ContentType: 'text/plain', RawContent: 'MTAuNTA=' }],
        },
      },
    });
  });

  it('writes a sender’s name in ASCII, and leaves out what a message does not have', async () => {
    const named: Open = (connection) => openSes({ ...settings, ...connection, from: { name: 'Café', address: 'shop@example.org' } });
    const opened = await openBefore(sesVendor, named, 'works');
    expect(await sendOnce(opened, { ...emailMessage('d1'), html: null })).toMatchObject({ status: 'accepted' });
    expect(JSON.parse(opened.fake.requests[0]?.body.toString() ?? '')).toMatchObject({ FromEmailAddress: '=?UTF-8?B?Q2Fmw6k=?= <shop@example.org>' });
  });

  it.each([
    [400, 'BadRequestException', 'Illegal address', { status: 'rejected', code: 'bad_request', permanent: true, blame: 'recipient' }],
    [400, 'BadRequestException', 'The header is odd', { status: 'rejected', code: 'bad_request', permanent: true, blame: 'message' }],
    [400, 'MessageRejected', 'It holds a virus', { status: 'rejected', code: 'message_rejected', permanent: true, blame: 'message' }],
    [400, 'MessageRejected', 'Email address is not verified.', { status: 'rejected', permanent: false, blame: 'destination' }],
    [400, 'MailFromDomainNotVerifiedException', 'no', { status: 'rejected', code: 'mail_from_domain_not_verified', permanent: false, blame: 'configuration' }],
    [400, 'AccountSuspendedException', 'no', { status: 'rejected', code: 'account_suspended', permanent: false, blame: 'configuration' }],
    [400, 'SendingPausedException', 'no', { status: 'rejected', code: 'sending_paused', permanent: false, blame: 'configuration' }],
    [404, 'NotFoundException', 'no such set', { status: 'rejected', code: 'not_found', permanent: false, blame: 'configuration' }],
    [403, 'ExpiredTokenException', 'no', { status: 'rejected', code: 'expired_token', permanent: false, blame: 'configuration' }],
    [400, 'LimitExceededException', 'enough for today', { status: 'throttled', retryAfterMs: null }],
    [400, 'ThrottlingException', 'Rate exceeded', { status: 'throttled' }],
    [429, 'TooManyRequestsException', 'Rate exceeded', { status: 'throttled' }],
    [500, 'InternalFailure', 'oops', { status: 'unavailable' }],
    [503, 'ServiceUnavailable', 'later', { status: 'unavailable' }],
    [504, 'GatewayTimeout', 'gateway', { status: 'unknown' }],
  ])('takes %i %s “%s” for what it is, and asks once', async (status, type, words, expected) => {
    const opened = await openBefore(sesVendor, open, 'works', sesProblem(status, type, words));
    expect(await sendOnce(opened, emailMessage('d1'))).toMatchObject(expected);
    expect(opened.fake.requests).toHaveLength(1);
  });

  it('reads the name of an error from the body, and is unsure without a message id', async () => {
    const inBody = { status: 400, body: JSON.stringify({ __type: 'com.amazon#SendingPausedException', message: 'no' }) };
    expect(await sendOnce(await openBefore(sesVendor, open, 'works', inBody), emailMessage('d1'))).toMatchObject({ code: 'sending_paused' });
    expect(await sendOnce(await openBefore(sesVendor, open, 'works', { status: 200, body: '{}' }), emailMessage('d1'))).toMatchObject({ status: 'unknown' });
  });

  it('blames the configuration where there are no credentials', async () => {
    const without: Open = ({ baseUrl }) =>
      openSes({
        ...settings,
        baseUrl,
        credentials: async () => {
          throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
        },
      });
    expect(await sendOnce(await openBefore(sesVendor, without, 'works'), emailMessage('d1'))).toMatchObject({
      status: 'rejected',
      code: 'no_credentials',
      permanent: false,
      blame: 'configuration',
    });
  });

  it('does not ask SES to take what is no address', async () => {
    const opened = await openBefore(sesVendor, open, 'works');
    expect(await sendOnce(opened, { ...emailMessage('d1'), to: 'nobody' })).toMatchObject({ code: 'invalid_address', blame: 'recipient' });
    expect(opened.fake.requests).toEqual([]);
  });
});

describe('what SES publishes', () => {
  const { pem, key } = certificate({ name: 'sns.amazonaws.com' });
  const now = Date.parse('2026-03-01T12:00:00Z');
  const webhooks = sesReceipts({ topicArns: [topicArn], fetchPem: async () => pem, now: () => now });
  const published = (event: object, more: object = {}) => {
    const fields = { Message: JSON.stringify(event), MessageId: 'sns1', Timestamp: '2026-03-01T11:59:00.000Z', TopicArn: topicArn, Type: 'Notification' };
    const text = Object.entries(fields).map(([name, value]) => `${name}\n${value}\n`);
    const signature = sign('RSA-SHA256', Buffer.from(text.join('')), key).toString('base64');
    const url = 'https://sns.eu-west-1.amazonaws.com/a.pem';
    return Buffer.from(JSON.stringify({ ...fields, SignatureVersion: '2', Signature: signature, SigningCertURL: url, ...more }));
  };
  const mail = { messageId: 'm1', destination: ['ada@example.com'] };
  const read = (event: object) => webhooks.read(published({ mail, ...event }).toString(), {}).receipts;

  it('is believed where SNS signed it', async () => {
    const request = { headers: {}, url: 'https://shop.example.org/webhooks/ses' };
    expect(await webhooks.verify({ ...request, body: published({ mail }) })).toEqual({ verified: true });
    expect(await webhooks.verify({ ...request, body: published({ mail }, { Message: '{}' }) })).toHaveProperty('invalid');
  });

  it.each([
    [{ eventType: 'Send' }, { what: 'sent', at: '2026-03-01T11:59:00.000Z' }],
    [
      { eventType: 'Delivery', delivery: { timestamp: '2026-03-01T11:58:00Z' } },
      { what: 'delivered', at: '2026-03-01T11:58:00.000Z' },
    ],
    [{ notificationType: 'Delivery', delivery: {} }, { what: 'delivered' }],
    [{ eventType: 'Complaint', complaint: {} }, { what: 'complained' }],
    [
      { eventType: 'Reject', reject: { reason: 'Bad content' } },
      { what: 'failed', reason: 'Bad content' },
    ],
    [
      { eventType: 'Rendering Failure', failure: { errorMessage: 'no such variable' } },
      { what: 'failed', reason: 'no such variable' },
    ],
    [{ eventType: 'Open', open: {} }, { what: 'opened' }],
    [{ eventType: 'Click', click: {} }, { what: 'clicked' }],
    [{ eventType: 'Subscription', subscription: {} }, { what: 'unsubscribed' }],
    [
      { eventType: 'Bounce', bounce: { bounceType: 'Transient' } },
      { what: 'bounced', permanent: false },
    ],
    [
      { eventType: 'Bounce', bounce: { bounceType: 'Permanent', bouncedRecipients: [{ diagnosticCode: 'smtp; 550 ada@example.com unknown' }] } },
      { what: 'bounced', permanent: true, reason: 'smtp; 550 <address> unknown' },
    ],
  ])('reads %o as %o', (event, expected) => {
    expect(read(event)).toMatchObject([{ reference: 'm1', eventId: 'sns1', ...expected }]);
  });

  it('passes over delays and what it does not know, and names a subscription to confirm', () => {
    expect(read({ eventType: 'DeliveryDelay' })).toEqual([]);
    expect(webhooks.read(published({ hello: 1 }).toString(), {})).toEqual({ receipts: [] });
    expect(webhooks.read('nonsense', {})).toEqual({ receipts: [] });
    const confirm = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription';
    expect(webhooks.read(published({}, { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: confirm }).toString(), {})).toEqual({
      receipts: [],
      confirm,
    });
  });
});
