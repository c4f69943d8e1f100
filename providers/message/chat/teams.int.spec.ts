import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { type Answer, brokenServer, type FakeServer, fakeServer, type Reaction } from '../webhook/fake-server/fake-server.ts';
import { openTeams, type TeamsSettings, teamsDefaults } from './teams.ts';

type Opening = Opened<'chat'> & { server: FakeServer };
const open = async (started: Promise<FakeServer>, change: Partial<TeamsSettings> = {}): Promise<Opening> => {
  const server = await started;
  const channel = await openTeams({ ...teamsDefaults, webhookHosts: ['localhost'], timeoutMs: 10_000, ca: certificate, ...change });
  return {
    server,
    channel: {
      ...channel,
      send: (one) => channel.send('teamsUrl' in one.to ? { ...one, to: { teamsUrl: one.to.teamsUrl.replace('https://teams', server.origin) } } : one),
    },
    arrived: async () => server.seen.length,
    close: async () => {
      await channel.close();
      await server.close();
    },
  };
};
const teams = (reaction: Reaction, change?: Partial<TeamsSettings>) =>
  open(
    fakeServer(() => reaction),
    change,
  );
const message = (change: Partial<ChatMessage> = {}): ChatMessage => ({
  deliveryId: 'd1',
  notificationId: 'n1',
  channel: 'chat',
  to: { teamsUrl: 'https://teams/workflows/1?sig=s3cr3t' },
  text: 'Order o-7 is late',
  ...change,
});
const ask = async (answer: Answer, change: Partial<ChatMessage> = {}) => {
  const { channel, server, close } = await teams(answer);
  try {
    const outcome = await channel.send(message(change));
    expect(JSON.stringify(outcome)).not.toMatch(/s3cr3t|localhost|late/);
    return { outcome, seen: server.seen };
  } finally {
    await close();
  }
};
const taken = { status: 202 };

channelContract('Teams', {
  message: (deliveryId) => message({ deliveryId }),
  open: {
    works: () => teams(taken),
    down: async () => {
      const opened = await teams(taken);
      await opened.server.close();
      return opened;
    },
    refuses: () => teams({ status: 404 }),
    busy: () => teams({ status: 429, headers: { 'Retry-After': '5' } }),
    cut_before: () => open(brokenServer('cut')),
    silent_before: () => open(brokenServer('silent'), { timeoutMs: 300 }),
    garbled_before: () => open(brokenServer('garbled')),
    cut_after: () => teams('cut'),
    silent_after: () => teams('silent', { timeoutMs: 1_500 }),
    garbled_after: () => teams('garbled'),
  },
});

describe('a message in Teams', () => {
  it('is an Adaptive Card with title, text and a button', async () => {
    const { outcome, seen } = await ask(taken, { title: 'Late', url: 'https://shop.example/o/7' });
    expect(outcome).toEqual({ status: 'accepted', reference: 'd1' });
    expect(seen[0]?.path).toBe('/workflows/1?sig=s3cr3t');
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            body: [{ text: 'Late' }, { type: 'TextBlock', text: 'Order o-7 is late', wrap: true }],
            actions: [{ type: 'Action.OpenUrl', url: 'https://shop.example/o/7' }],
          },
        },
      ],
    });
  });

  it.each([
    [{ status: 200, body: '1' }, { status: 'accepted' }],
    [{ status: 200, body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429' }, { status: 'throttled' }],
    [{ status: 200, body: 'Webhook message delivery failed with error: HTTP error 502' }, { status: 'unavailable' }],
    [
      { status: 400, body: { error: { code: 'WorkflowTriggerIsNotEnabled' } } },
      { status: 'rejected', permanent: true, blame: 'recipient' },
    ],
    [
      { status: 400, body: { error: { code: 'TriggerInputSchemaMismatch' } } },
      { status: 'rejected', permanent: true, blame: 'message' },
    ],
    [{ status: 401 }, { status: 'rejected', blame: 'recipient' }],
    [
      { status: 429, headers: { 'Retry-After': '5' } },
      { status: 'throttled', retryAfterMs: 5_000 },
    ],
    [{ status: 502 }, { status: 'unknown' }],
    [{ status: 503 }, { status: 'unavailable' }],
  ])('that is answered %j ended as %j', async (answer, expected) => {
    expect((await ask(answer)).outcome).toMatchObject(expected);
  });

  it('of more than 28 KB, counted in bytes, is not sent', async () => {
    const long = await ask(taken, { text: 'ü'.repeat(14_500) });
    expect(long.outcome).toMatchObject({ status: 'rejected', code: 'too_long', permanent: true, blame: 'message' });
    expect(long.seen).toEqual([]);
    expect((await ask(taken, { text: 'u'.repeat(14_500) })).outcome).toMatchObject({ status: 'accepted' });
  });

  it('goes to workflows only', async () => {
    expect((await ask(taken, { to: { teamsUrl: 'https://elsewhere.example/' } })).outcome).toMatchObject({ code: 'invalid_url', blame: 'recipient' });
    expect((await ask(taken, { to: { slackChannel: 'C1' } })).outcome).toMatchObject({ code: 'wrong_address', blame: 'configuration' });
  });
});
