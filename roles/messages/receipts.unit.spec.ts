import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseConfig } from '../../platform/config.ts';
import { openReceiptWebhooks } from './receipts.ts';

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const providers = {
  SENDGRID_API_KEY: 'SG.test',
  MAILGUN_API_KEY: 'key',
  MAILGUN_DOMAIN: 'mg.example.org',
  SES_REGION: 'eu-west-1',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}`,
  VONAGE_API_KEY: 'key',
  VONAGE_API_SECRET: 'secret',
  VONAGE_FROM: 'Shop',
  MESSAGEBIRD_ACCESS_KEY: 'key',
  MESSAGEBIRD_ORIGINATOR: 'Shop',
};
const keys = {
  SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey,
  MAILGUN_SIGNING_KEY: 'signing',
  SES_TOPIC_ARNS: 'arn:aws:sns:eu-west-1:123456789012:mail,arn:aws:sns:eu-west-1:123456789012:more',
  VONAGE_SIGNATURE_SECRET: 'signature',
  MESSAGEBIRD_SIGNING_KEY: 'signing',
};
const namesOf = async (environment: Record<string, string>) => [...(await openReceiptWebhooks(parseConfig(environment, []))).keys()];

it('are those of the providers that are set up and can be verified', async () => {
  expect(await namesOf({})).toEqual([]);
  expect(await namesOf(providers)).toEqual(['twilio']);
  expect(await namesOf({ ...providers, ...keys })).toEqual(['sendgrid', 'mailgun', 'ses', 'twilio', 'vonage', 'messagebird']);
});

it('take nothing that is not signed', async () => {
  const webhooks = await openReceiptWebhooks(parseConfig({ ...providers, ...keys }, []));
  for (const { verify } of webhooks.values())
    expect(await verify({ body: Buffer.from('{}'), headers: {}, url: 'https://shop.example/' })).toHaveProperty('invalid');
});

it('are not opened with what is no key', () =>
  expect(namesOf({ SENDGRID_API_KEY: 'SG.test', SENDGRID_WEBHOOK_PUBLIC_KEY: 'hunter2' })).rejects.toThrow(/^SENDGRID_WEBHOOK_PUBLIC_KEY holds no public key/));
