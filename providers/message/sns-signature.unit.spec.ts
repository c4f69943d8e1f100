import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificate } from '../../test/support/certificates.ts';
import { snsNotice, snsSignature } from './sns-signature.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:mail';
const now = Date.parse('2026-03-01T12:00:00Z');
const { pem, key } = certificate({ name: 'sns.amazonaws.com' });

type Fields = Record<string, string>;
const notification: Fields = {
  Type: 'Notification',
  MessageId: 'm1',
  TopicArn: topicArn,
  Subject: 'Mail',
  Message: '{"eventType":"Delivery"}',
  Timestamp: '2026-03-01T11:59:00.000Z',
  SignatureVersion: '2',
  SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
};
const { Subject: _, ...withoutSubject } = notification;
const subscription: Fields = {
  ...withoutSubject,
  Type: 'SubscriptionConfirmation',
  Token: 't1',
  SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t1',
};

/** As the guide says: these fields where they are there, in this order. */
const signed = (fields: Fields): Buffer => {
  const names = fields.Type === 'Notification' ? ['Message', 'MessageId', 'Subject'] : ['Message', 'MessageId', 'SubscribeURL'];
  const all = [...names, 'Timestamp', ...(fields.Type === 'Notification' ? [] : ['Token']), 'TopicArn', 'Type'];
  const text = all.flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`])).join('');
  const signature = sign(fields.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256', Buffer.from(text), key).toString('base64');
  return Buffer.from(JSON.stringify({ ...fields, Signature: signature }));
};

const opened = (fetched: string | undefined = pem, at = () => now) => {
  const urls: string[] = [];
  const fetchPem = async (url: string) => {
    urls.push(url);
    return fetched;
  };
  return { verify: snsSignature({ topicArns: [topicArn], fetchPem, now: at }), urls };
};

describe('the signature of SNS', () => {
  it.each([
    ['a notification', notification],
    ['one without a subject', withoutSubject],
    ['one of version 1', { ...notification, SignatureVersion: '1' }],
    ['a subscription to confirm', subscription],
  ])('is believed of %s', async (_name, fields) => {
    expect(await opened().verify(signed(fields))).toEqual({ verified: true });
  });

  it.each(['Message', 'MessageId', 'Subject', 'Timestamp'])('covers %s', async (name) => {
    const changed = { ...JSON.parse(signed(notification).toString()), [name]: name === 'Timestamp' ? '2026-03-01T11:59:30.000Z' : 'other' };
    expect(await opened().verify(Buffer.from(JSON.stringify(changed)))).toEqual({ invalid: 'the signature is not that of this message' });
  });

  it.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
    'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
    'https://s3.eu-west-1.amazonaws.com/sns/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.crt',
    'https://sns.eu-west-1.amazonaws.com/?a.pem',
    'nonsense',
  ])('asks nothing of %s', async (url) => {
    const { verify, urls } = opened();
    expect(await verify(signed({ ...notification, SigningCertURL: url }))).toHaveProperty('invalid');
    expect(urls).toEqual([]);
  });

  it.each([
    ['another topic', { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:mail' }],
    ['what is stale', { Timestamp: '2026-02-28T11:00:00.000Z' }],
    ['what is of the future', { Timestamp: '2026-03-01T13:00:00.000Z' }],
    ['no time', { Timestamp: 'now' }],
    ['another version', { SignatureVersion: '3' }],
  ])('refuses %s, and fetches nothing for it', async (_name, change) => {
    const { verify, urls } = opened();
    expect(await verify(signed({ ...notification, ...change }))).toHaveProperty('invalid');
    expect(urls).toEqual([]);
  });

  it('refuses what is no message of SNS', async () => {
    expect(await opened().verify(Buffer.from('not json'))).toHaveProperty('invalid');
    expect(await opened().verify(Buffer.from('{}'))).toHaveProperty('invalid');
  });

  it('fetches a certificate once, and no longer believes it when it has expired', async () => {
    let at = now;
    const { verify, urls } = opened(certificate({ name: 'sns', until: new Date('2026-03-02') }).pem, () => at);
    await verify(signed(notification));
    await verify(signed(notification));
    expect(urls).toHaveLength(1);
    at = Date.parse('2026-03-03T12:00:00Z');
    expect(await verify(signed({ ...notification, Timestamp: '2026-03-03T11:59:00.000Z' }))).toEqual({
      invalid: 'the certificate can’t be had, or is not valid',
    });
  });

  it.each([undefined, 'no certificate'])('refuses where the certificate is %s', async (fetched) => {
    const verify = snsSignature({ topicArns: [topicArn], fetchPem: async () => fetched, now: () => now });
    expect(await verify(signed(notification))).toHaveProperty('invalid');
  });
});

describe('a notice of SNS', () => {
  it('is a notification, or a subscription to confirm at SNS’s own address, or nothing', () => {
    expect(snsNotice(signed(notification).toString())).toEqual({
      notification: { id: 'm1', at: '2026-03-01T11:59:00.000Z', message: '{"eventType":"Delivery"}' },
    });
    expect(snsNotice(signed(subscription).toString())).toEqual({ confirm: subscription.SubscribeURL });
    expect(snsNotice(signed({ ...subscription, SubscribeURL: 'https://evil.example/' }).toString())).toEqual({ nothing: true });
    expect(snsNotice(signed({ ...subscription, Type: 'UnsubscribeConfirmation' }).toString())).toEqual({ nothing: true });
  });
});
