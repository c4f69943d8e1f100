import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { brokenServer, type FakeServer, fakeServer, type Reaction, type Seen } from '../webhook/fake-server/fake-server.ts';
import { postMessage, token } from './fake-slack/fake-slack.ts';
import { openSlack, type SlackSettings, slackDefaults } from './slack.ts';

type Opening = Opened<'chat'> & { server: FakeServer };
const open = async (started: Promise<FakeServer>, change: Partial<SlackSettings> = {}): Promise<Opening> => {
  const server = await started;
  const channel = await openSlack({
    ...slackDefaults,
    token,
    apiUrl: `${server.origin}/api/`,
    webhookHosts: ['localhost'],
    timeoutMs: 10_000,
    ca: certificate,
    ...change,
  });
  return {
    server,
    channel: {
      ...channel,
      send: (one) => channel.send('slackUrl' in one.to ? { ...one, to: { slackUrl: one.to.slackUrl.replace('https://slack', server.origin) } } : one),
    },
    arrived: async () => server.seen.length,
    close: async () => {
      await channel.close();
      await server.close();
    },
  };
};
const slack = (reaction: (seen: Seen) => Reaction, change?: Partial<SlackSettings>) => open(fakeServer(reaction), change);

const message = (to: ChatMessage['to'], change: Partial<ChatMessage> = {}): ChatMessage => ({
  deliveryId: 'd1',
  notificationId: 'n1',
  channel: 'chat',
  to,
  text: 'Order o-7 is late',
  ...change,
});
const toChannel = { slackChannel: 'C12345678' };
const toHook = { slackUrl: 'https://slack/services/T0/B0/s3cr3t' };

const ask = async (opened: Promise<Opening>, one: ChatMessage) => {
  const { channel, server, close } = await opened;
  try {
    const outcome = await channel.send(one);
    expect(JSON.stringify(outcome)).not.toMatch(/s3cr3t|xoxb|localhost|late/);
    return { outcome, seen: server.seen };
  } finally {
    await close();
  }
};

const situations = (works: (seen: Seen) => Reaction, refuses: (seen: Seen) => Reaction, busy: Reaction) => ({
  works: () => slack(works),
  down: async () => {
    const opened = await slack(works);
    await opened.server.close();
    return opened;
  },
  refuses: () => slack(refuses),
  busy: () => slack(() => busy),
  cut_before: () => open(brokenServer('cut')),
  silent_before: () => open(brokenServer('silent'), { timeoutMs: 300 }),
  garbled_before: () => open(brokenServer('garbled')),
  cut_after: () => slack(() => 'cut'),
  silent_after: () => slack(() => 'silent', { timeoutMs: 1_500 }),
  garbled_after: () => slack(() => 'garbled'),
});

channelContract('Slack by its API', {
  message: (deliveryId) => message(toChannel, { deliveryId }),
  open: {
    ...situations(postMessage(), postMessage('channel_not_found'), { status: 429, headers: { 'Retry-After': '30' } }),
    locks_us_out: () => slack(postMessage(), { token: 'xoxb-wrong' }),
  },
});

channelContract('Slack by an incoming webhook', {
  message: (deliveryId) => message(toHook, { deliveryId }),
  open: situations(
    () => ({ status: 200, body: 'ok' }),
    () => ({ status: 404, body: 'no_service' }),
    { status: 429, body: 'rate_limited' },
  ),
});

describe('a message in Slack', () => {
  it('goes to a channel once, with its title, link and blocks; markup of others is shown, not obeyed', async () => {
    const blocks = [{ type: 'divider' }];
    const one = message(toChannel, { title: 'Late', text: '<!channel> & co', url: 'https://shop.example/o|7?a=1&b=>', blocks });
    const { outcome, seen } = await ask(slack(postMessage()), one);
    expect(outcome).toMatchObject({ status: 'accepted', reference: expect.stringMatching(/^C12345678:1700000000\.\d{6}$/) });
    const form = Object.fromEntries(new URLSearchParams(seen[0]?.body));
    expect(form).toEqual({
      channel: 'C12345678',
      text: '*Late*\n&lt;!channel&gt; &amp; co\n<https://shop.example/o%7C7?a=1&amp;b=%3E>',
      blocks: JSON.stringify(blocks),
    });
    expect(seen[0]?.headers.authorization).toBe('Bearer xoxb-bot');
  });

  it.each([
    ['channel_not_found', { status: 'rejected', permanent: true, blame: 'recipient' }],
    ['is_archived', { status: 'rejected', permanent: true, blame: 'recipient' }],
    ['msg_too_long', { status: 'rejected', permanent: true, blame: 'message' }],
    ['token_revoked', { status: 'rejected', permanent: true, blame: 'configuration' }],
    ['rate_limited', { status: 'throttled' }],
    ['service_unavailable', { status: 'unavailable' }],
    ['fatal_error', { status: 'unknown' }],
    ['something new', { status: 'unknown' }],
  ])('that is answered %s ended as %j', async (error, expected) => {
    expect((await ask(slack(postMessage(error)), message(toChannel))).outcome).toMatchObject(expected);
  });

  it.each([
    [
      { status: 429, headers: { 'Retry-After': '30' } },
      { status: 'throttled', retryAfterMs: 30_000 },
    ],
    [{ status: 429 }, { status: 'throttled', retryAfterMs: null }],
    [{ status: 503 }, { status: 'unavailable' }],
    [{ status: 504 }, { status: 'unknown' }],
    [{ status: 403 }, { status: 'rejected', blame: 'configuration' }],
    [{ status: 200, body: 'late' }, { status: 'unknown' }],
    [{ status: 200, body: { ok: true } }, { status: 'unknown' }],
  ])('for which the API answers %j ended as %j, and was tried once', async (answer, expected) => {
    const { outcome, seen } = await ask(
      slack(() => answer),
      message(toChannel),
    );
    expect(outcome).toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  it('goes to an incoming webhook as JSON', async () => {
    const { outcome, seen } = await ask(
      slack(() => ({ status: 200, body: 'ok' })),
      message(toHook),
    );
    expect(outcome).toEqual({ status: 'accepted', reference: 'd1' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ text: 'Order o-7 is late' });
  });

  it.each([
    [400, 'invalid_payload', { code: 'invalid_payload', blame: 'message' }],
    [403, 'action_prohibited', { code: 'action_prohibited', blame: 'recipient' }],
    [404, 'Not Found here', { code: '404', blame: 'recipient' }],
    [410, 'channel_is_archived', { code: 'channel_is_archived', blame: 'recipient' }],
    [413, '', { code: '413', blame: 'message' }],
    [200, 'Ok?', { status: 'unknown' }],
  ])('for which a webhook answers %i %s ended as %j', async (status, body, expected) => {
    const asked = ask(
      slack(() => ({ status, body })),
      message(toHook),
    );
    expect((await asked).outcome).toMatchObject(expected);
  });

  it.each(['http://localhost/services/x', 'https://slack.example/x', 'https://notlocalhost/x', 'https://a:b@localhost/x', 'nonsense'])(
    'is not sent to %s, which is no webhook of Slack',
    async (slackUrl) => {
      const { outcome, seen } = await ask(slack(postMessage()), message({ slackUrl }));
      expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_url', blame: 'recipient' });
      expect(seen).toEqual([]);
    },
  );

  it('is not for Teams, and needs a bot to go to a channel', async () => {
    expect((await ask(slack(postMessage()), message({ teamsUrl: 'https://x' }))).outcome).toMatchObject({ code: 'wrong_address' });
    expect((await ask(slack(postMessage(), { token: null }), message(toChannel))).outcome).toMatchObject({ code: 'no_token', blame: 'configuration' });
  });
});
