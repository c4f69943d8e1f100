import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../platform/config.ts';
import { openPostgres, type Pool } from '../platform/postgres/postgres.ts';
import { memoryRateLimit } from '../platform/rate-limit/memory.ts';
import { emailMessage } from '../providers/message/email/fake-vendors/examples.ts';
import { type FakeMailApi, openFakeMailApi } from '../providers/message/email/fake-vendors/fake-mail-api.ts';
import { mailgunVendor } from '../providers/message/email/fake-vendors/fake-mailgun.ts';
import { sendgridVendor } from '../providers/message/email/fake-vendors/fake-sendgrid.ts';
import { type Outbox, openOutbox } from '../providers/message/outbox.ts';
import { type FreshDatabase, freshDatabase } from '../test/support/postgres.ts';
import { openMessages, whoSends } from './messages.ts';

let database: FreshDatabase;
let pool: Pool;
let outbox: Outbox;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 2 });
  outbox = await openOutbox(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const opened = async (environment: Record<string, string>) => {
  const logged: object[] = [];
  const tell = (fields: object) => void logged.push(fields);
  const metrics = new Registry();
  const messages = await openMessages({
    config: parseConfig(environment, []),
    outbox,
    rateLimit: memoryRateLimit(),
    metrics,
    log: { warn: tell, error: tell },
  });
  return { ...messages, logged, metrics };
};

const sendgridKeys = ({ baseUrl }: FakeMailApi) => ({ SENDGRID_API_KEY: 'SG.test', SENDGRID_BASE_URL: baseUrl });
const mailgunKeys = ({ baseUrl }: FakeMailApi) => ({ MAILGUN_API_KEY: 'key-test', MAILGUN_DOMAIN: 'mg.example.org', MAILGUN_BASE_URL: baseUrl });
/** Where nobody listens. */
const nowhere = Object.fromEntries(['SENDGRID', 'TWILIO', 'SLACK'].map((name) => [`${name}_BASE_URL`, 'http://127.0.0.1:1']));
const mail = () => emailMessage(randomUUID());

describe('the channels', () => {
  it('go to the outbox where nothing is set up, but for the feed and webhooks', async () => {
    const { senders, standings, close } = await opened({});
    expect(standings().map(({ channel, provider }) => `${channel} ${provider}`)).toEqual([
      'email outbox',
      'sms outbox',
      'push outbox',
      'in_app feed',
      'chat outbox',
      'webhook webhook',
    ]);
    const { deliveryId, ...message } = mail();
    expect(await senders.email.send({ deliveryId, ...message })).toEqual({
      provider: 'outbox',
      outcome: { status: 'accepted', reference: deliveryId },
      before: [],
    });
    expect((await outbox.list({ limit: 1 })).data).toMatchObject([{ id: deliveryId }]);
    await close();
  });

  it('have the providers whose keys are set, in their usual order; SNS twice', async () => {
    const { standings, close } = await opened({
      SMTP_URL: 'smtp://127.0.0.1:1',
      SES_REGION: 'eu-west-1',
      MAILGUN_API_KEY: 'key',
      MAILGUN_DOMAIN: 'mg.example.org',
      SENDGRID_API_KEY: 'SG.test',
      ...nowhere,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM: 'Shop',
      SNS_REGION: 'eu-west-1',
      SLACK_BOT_TOKEN: 'xoxb-test',
      TEAMS_WEBHOOKS: 'true',
      SMS_PROVIDERS: 'sns,twilio',
    });
    expect(standings().map(({ channel, provider }) => `${channel} ${provider}`)).toEqual([
      'email sendgrid',
      'email mailgun',
      'email ses',
      'email smtp',
      'sms sns',
      'sms twilio',
      'push sns',
      'in_app feed',
      'chat slack',
      'chat teams',
      'webhook webhook',
    ]);
    await close();
  });

  it('are told to who starts it', () => {
    expect(whoSends(parseConfig({}, []))).toBe('');
    const keys = { SMTP_URL: 'smtp://mail', SES_REGION: 'eu-west-1', SLACK_WEBHOOKS: 'true', EMAIL_PROVIDERS: 'smtp:1,ses:3' };
    expect(whoSends(parseConfig(keys, []))).toBe('email: smtp, ses; chat: slack');
  });

  it('send by the next provider when one locks us out, which is told, counted and remembered', async () => {
    const [sendgrid, mailgun] = [await openFakeMailApi(sendgridVendor, 'works', sendgridVendor.lockOut), await openFakeMailApi(mailgunVendor)];
    const { senders, standings, logged, metrics, close } = await opened({ ...sendgridKeys(sendgrid), ...mailgunKeys(mailgun) });
    expect(await senders.email.send(mail())).toMatchObject({
      provider: 'mailgun',
      outcome: { status: 'accepted' },
      before: [{ provider: 'sendgrid', reason: expect.stringContaining('401') }],
    });
    expect(await senders.email.send(mail())).toMatchObject({
      provider: 'mailgun',
      before: [{ provider: 'sendgrid', reason: expect.stringContaining('kept failing') }],
    });
    expect([sendgrid.requests.length, mailgun.arrived()]).toEqual([1, 2]);
    expect(logged).toMatchObject([
      { provider: 'sendgrid', code: 'unauthorized' },
      { provider: 'sendgrid', circuit: 'open' },
    ]);
    expect(standings().find(({ provider }) => provider === 'sendgrid')?.circuit.state).toBe('open');
    expect(await metrics.metrics()).toContain('messages_sent_total{channel="email",provider="sendgrid",outcome="misconfigured"} 1');
    await Promise.all([close(), sendgrid.close(), mailgun.close()]);
  });

  it('send by the order and weights that are set, no more often than is set', async () => {
    const [sendgrid, mailgun] = [await openFakeMailApi(sendgridVendor), await openFakeMailApi(mailgunVendor)];
    const settings = { ...sendgridKeys(sendgrid), ...mailgunKeys(mailgun), MESSAGE_RATES: 'mailgun=2/h' };
    const { senders, close } = await opened({ ...settings, EMAIL_PROVIDERS: 'mailgun,sendgrid' });
    const providers = [];
    for (let n = 0; n < 3; n += 1) providers.push((await senders.email.send(mail())).provider);
    expect(providers).toEqual(['mailgun', 'mailgun', 'sendgrid']);
    await Promise.all([close(), sendgrid.close(), mailgun.close()]);
  });

  it('are not opened with a key that its provider does not take, which is named and not shown', async () => {
    const sendgrid = await openFakeMailApi(sendgridVendor);
    const error = await opened({ ...sendgridKeys(sendgrid), SENDGRID_API_KEY: 'SG.hunter2' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: 'sendgrid does not accept what is in SENDGRID_API_KEY: it answered 401' });
    await sendgrid.close();
  });

  it('are opened where a provider cannot be reached, which is said', async () => {
    const { logged, close } = await opened({ SENDGRID_API_KEY: 'SG.test', SENDGRID_BASE_URL: 'http://127.0.0.1:1', SMTP_URL: 'smtp://127.0.0.1:1' });
    expect(logged).toMatchObject([{ provider: 'sendgrid', reason: 'ECONNREFUSED' }, { provider: 'smtp' }]);
    await close();
  });

  it.each([
    [{ FCM_SERVICE_ACCOUNT: '{"project_id":"hunter2"}' }, /^FCM_SERVICE_ACCOUNT is no key of a service account/],
    [{ FCM_SERVICE_ACCOUNT: '/nowhere/hunter2.json' }, /^FCM_SERVICE_ACCOUNT holds neither/],
    [
      { APNS_KEY: '-----BEGIN PRIVATE KEY-----hunter2', APNS_KEY_ID: 'ABCDEFGHIJ', APNS_TEAM_ID: 'ABCDEFGHIJ', APNS_TOPIC: 'a.b' },
      /^APNS_KEY holds no private key/,
    ],
  ])('are not opened with %j, which is named and not shown', async (environment, expected) => {
    const error = await opened(environment).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: expect.stringMatching(expected) });
    expect(error).not.toMatchObject({ message: expect.stringContaining('hunter2') });
  });
});

describe('the libraries of providers', () => {
  const heavy = ['@aws-sdk/', '@sendgrid/', 'mailgun.js', 'nodemailer', 'twilio', '@slack/', 'jose', 'firebase'];

  /** Which of them a process has loaded that has opened the channels with this environment. */
  const loadedBy = async (environment: Record<string, string>): Promise<string[]> => {
    const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const program = `
      import { registerHooks } from 'node:module';
      const seen = new Set();
      registerHooks({ load: (url, context, next) => { seen.add(url); return next(url, context); } });
      const { openMessages } = await import(${here('./messages.ts')});
      const { openReceiptWebhooks } = await import(${here('./messages/receipts.ts')});
      const { parseConfig } = await import(${here('../platform/config.ts')});
      const { Registry } = await import('prom-client');
      const config = parseConfig(${JSON.stringify(environment)}, []);
      const log = { warn: () => {}, error: () => {} };
      const outbox = Object.fromEntries(['email', 'sms', 'push', 'chat', 'webhook'].map((channel) => [channel, { name: 'outbox', channel }]));
      await openMessages({ config, outbox, rateLimit: {}, metrics: new Registry(), log });
      await openReceiptWebhooks(config);
      await import(${here('./worker.ts')});
      console.log(JSON.stringify([...seen]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      maxBuffer: 10_000_000,
    });
    const urls: string[] = JSON.parse(stdout);
    return heavy.filter((name) => urls.some((url) => url.includes(`/node_modules/${name}`)));
  };

  it('are not loaded where nothing is set up', async () => expect(await loadedBy({})).toEqual([]));

  it('are loaded where their provider is, and no others', async () =>
    expect(
      await loadedBy({
        SENDGRID_API_KEY: 'SG.test',
        SLACK_BOT_TOKEN: 'xoxb-test',
        SENDGRID_BASE_URL: nowhere.SENDGRID_BASE_URL ?? '',
        SLACK_BASE_URL: nowhere.SLACK_BASE_URL ?? '',
      }),
    ).toEqual(['@sendgrid/', '@slack/']));
});
