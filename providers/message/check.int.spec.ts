import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { listening } from '../../test/support/listening.ts';
import type { ChannelCheck, ChatMessage, EmailMessage, MessageChannel, PushMessage, SmsMessage } from './channel.ts';
import { openSlack, slackDefaults } from './chat/slack.ts';
import { openFakeMailApi } from './email/fake-vendors/fake-mail-api.ts';
import { sendgridVendor } from './email/fake-vendors/fake-sendgrid.ts';
import { openSendgrid } from './email/sendgrid.ts';
import { smtp, smtpDefaults } from './email/smtp.ts';
import { account, fakeFcm } from './push/fake-fcm/fake-fcm.ts';
import { fcmDefaults, openFcm } from './push/fcm.ts';
import { openMessageBird } from './sms/messagebird.ts';
import { openTwilio } from './sms/twilio.ts';
import { certificate } from './webhook/fake-server/certificate.ts';
import { fakeServer, type Reaction } from './webhook/fake-server/fake-server.ts';

type Channel = MessageChannel<ChatMessage['channel'] | EmailMessage['channel'] | PushMessage['channel'] | SmsMessage['channel']>;
const checkOf = async (opening: Promise<Pick<Channel, 'check' | 'close'>>): Promise<ChannelCheck | undefined> => {
  const channel = await opening;
  const checked = await channel.check?.();
  await channel.close();
  return checked;
};

/** What a provider at this address says of our keys, and what it was asked. */
const asked = async (reaction: Reaction, open: (baseUrl: string) => Promise<Pick<Channel, 'check' | 'close'>>) => {
  const server = await fakeServer(() => reaction, { tls: false });
  const checked = await checkOf(open(server.origin));
  await server.close();
  return { checked, seen: server.seen.map(({ method, path, headers }) => `${method} ${path} ${headers.authorization?.split(' ')[0]}`) };
};

const sid = `AC${'0'.repeat(32)}`;
const twilio = (baseUrl: string) => openTwilio({ accountSid: sid, authToken: 'token', from: 'Shop', baseUrl });
const messagebird = (baseUrl: string) => openMessageBird({ accessKey: 'key', originator: 'Shop', baseUrl });
const slack = (baseUrl: string) => openSlack({ ...slackDefaults, token: 'xoxb-1', apiUrl: `${baseUrl}/api/` });

describe('whether a provider takes our keys', () => {
  it.each([
    ['Twilio', twilio, `GET /2010-04-01/Accounts/${sid}.json Basic`],
    ['MessageBird', messagebird, 'GET /balance AccessKey'],
    ['Slack', slack, 'POST /api/auth.test Bearer'],
  ])('%s is asked by what sends nothing', async (_, open, question) => {
    expect(await asked({ status: 200, body: { ok: true } }, open)).toEqual({ checked: { status: 'ok' }, seen: [question] });
    expect(await asked({ status: 401 }, open)).toMatchObject({ checked: { status: 'misconfigured', reason: 'it answered 401' } });
    expect(await asked({ status: 503 }, open)).toMatchObject({ checked: { status: 'unreachable' } });
    expect(await asked('cut', open)).toMatchObject({ checked: { status: 'unreachable' } });
  });

  it.each([
    ['invalid_auth', 'misconfigured'],
    ['account_inactive', 'misconfigured'],
    ['invalid_token', 'misconfigured'],
    ['ratelimited', 'unreachable'],
    ['fatal_error', 'unreachable'],
  ])('Slack says %s: %s', async (error, status) => {
    expect(await asked({ status: 200, body: { ok: false, error } }, slack)).toMatchObject({ checked: { status } });
  });

  it('Slack’s hooks have none', async () => expect(await checkOf(openSlack({ ...slackDefaults, token: null }))).toEqual({ status: 'ok' }));

  it('SendGrid says so by what a key may do', async () => {
    const fake = await openFakeMailApi(sendgridVendor);
    const open = (apiKey: string) => openSendgrid({ apiKey, from: { name: '', address: 'a@b.example' }, baseUrl: fake.baseUrl });
    expect(await checkOf(open('SG.test'))).toEqual({ status: 'ok' });
    expect(await checkOf(open('SG.wrong'))).toEqual({ status: 'misconfigured', reason: 'it answered 401' });
    await fake.close();
    expect(await checkOf(open('SG.test'))).toEqual({ status: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it.each<[Reaction | undefined, ChannelCheck['status']]>([
    [undefined, 'ok'],
    [{ status: 400, body: { error: 'invalid_grant' } }, 'misconfigured'],
    [{ status: 503 }, 'unreachable'],
  ])('Firebase is asked for a token; %j', async (token, status) => {
    const fcm = await fakeFcm({ token: () => token });
    const open = openFcm({ ...fcmDefaults, account, baseUrl: fcm.origin, tokenUrl: `${fcm.origin}/token`, ca: certificate });
    expect(await checkOf(open)).toMatchObject({ status });
    expect(fcm.sends()).toEqual([]);
    await fcm.close();
  });

  it('a mail server is logged in to', async () => {
    const server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onAuth: ({ password }, _, done) => (password === 'right' ? done(null, { user: 'shop' }) : done(Object.assign(new Error('no'), { responseCode: 535 }))),
    });
    server.on('error', () => {});
    const { port, close } = await listening(server.server);
    const open = (password: string) => smtp({ ...smtpDefaults, url: `smtp://shop:${password}@127.0.0.1:${port}`, from: { name: '', address: 'a@b.example' } });
    expect(await checkOf(open('right'))).toEqual({ status: 'ok' });
    expect(await checkOf(open('wrong'))).toMatchObject({ status: 'misconfigured' });
    await close();
    expect(await checkOf(open('right'))).toMatchObject({ status: 'unreachable' });
  });
});
