import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { certificate } from './fake-server/certificate.ts';
import { brokenServer, type FakeServer, fakeServer, type Reaction } from './fake-server/fake-server.ts';
import { openWebhook, type WebhookSettings, webhookDefaults } from './webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 'a').toString('base64')}`;
const older = `whsec_${Buffer.alloc(24, 'b').toString('base64')}`;
const path = '/hooks/s3cr3t?token=t0k3n';
const at = Date.parse('2026-03-01T12:00:00.250Z');

const local = { ...webhookDefaults, allowOwnNetworks: true, timeoutMs: 10_000, ca: certificate, now: () => at };
const message = (url: string, change: Partial<WebhookMessage> = {}): WebhookMessage => ({
  deliveryId: 'delivery-1',
  notificationId: 'n1',
  channel: 'webhook',
  url,
  secrets: [secret],
  type: 'order.shipped',
  payload: { order: 'o-7', name: 'Ada' },
  ...change,
});

type Opening = Opened<'webhook'> & { server: FakeServer };
/** A receiver, and a channel whose messages all go to it. */
const open = async (started: Promise<FakeServer>, change: Partial<WebhookSettings> = {}): Promise<Opening> => {
  const server = await started;
  const channel = await openWebhook({ ...local, ...change });
  return {
    server,
    channel: { ...channel, send: (one) => channel.send({ ...one, url: one.url.replace('https://receiver', server.origin) }) },
    arrived: async () => new Set(server.seen.map(({ headers }) => headers['webhook-id'])).size,
    close: async () => {
      await channel.close();
      await server.close();
    },
  };
};
const receiver = (reaction: Reaction, change?: Partial<WebhookSettings>) =>
  open(
    fakeServer(() => reaction),
    change,
  );
const ask = async (opened: Promise<Opening>, change: Partial<WebhookMessage> = {}) => {
  const { channel, server, close } = await opened;
  try {
    const outcome = await channel.send(message(`https://receiver${path}`, change));
    return { outcome, seen: server.seen };
  } finally {
    await close();
  }
};

channelContract('webhooks', {
  message: (deliveryId) => message(`https://receiver${path}`, { deliveryId }),
  open: {
    works: () => receiver({ status: 204 }),
    down: async () => {
      const opened = await receiver({ status: 204 });
      await opened.server.close();
      return opened;
    },
    refuses: () => receiver({ status: 410 }),
    busy: () => receiver({ status: 429 }),
    cut_before: () => open(brokenServer('cut')),
    silent_before: () => open(brokenServer('silent'), { timeoutMs: 300 }),
    garbled_before: () => open(brokenServer('garbled')),
    cut_after: () => receiver('cut'),
    silent_after: () => receiver('silent', { timeoutMs: 1_500 }),
    garbled_after: () => receiver('garbled'),
  },
});

describe('a webhook', () => {
  it('carries the type, the time and the payload, signed by every secret in force', async () => {
    const { outcome, seen } = await ask(receiver({ status: 200 }), { secrets: [secret, older] });
    expect(outcome).toEqual({ status: 'accepted', reference: 'delivery-1' });
    const [one] = seen;
    expect(one).toMatchObject({ method: 'POST', path });
    expect(JSON.parse(one?.body ?? '')).toEqual({ type: 'order.shipped', timestamp: '2026-03-01T12:00:00.250Z', data: { order: 'o-7', name: 'Ada' } });
    const signed = (key: Buffer) => `v1,${createHmac('sha256', key).update(`delivery-1.1772366400.${one?.body}`).digest('base64')}`;
    expect(one?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'delivery-1',
      'webhook-timestamp': '1772366400',
      'webhook-signature': `${signed(Buffer.alloc(32, 'a'))} ${signed(Buffer.alloc(24, 'b'))}`,
    });
  });

  it.each([
    [408, {}, { status: 'unavailable' }],
    [429, { 'Retry-After': '7' }, { status: 'throttled', retryAfterMs: 7_000 }],
    [429, { 'Retry-After': 'Sun, 01 Mar 2026 12:01:00 GMT' }, { status: 'throttled', retryAfterMs: 59_750 }],
    [429, { 'Retry-After': 'soon' }, { status: 'throttled', retryAfterMs: null }],
    [503, { 'Retry-After': '120' }, { status: 'throttled', retryAfterMs: 120_000 }],
    [500, {}, { status: 'unavailable' }],
    [404, {}, { status: 'rejected', code: '404', permanent: false }],
    [410, {}, { status: 'rejected', code: '410', permanent: true, blame: 'recipient' }],
  ])('that is answered %i %j ended as %j, and its reason repeats nothing of the receiver', async (status, headers, expected) => {
    const { outcome } = await ask(receiver({ status, headers, body: 'Ada Lovelace <ada@example.com>' }));
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toMatch(/Ada|s3cr3t|t0k3n|localhost|127\.0/);
  });

  it('is not sent where a redirect points', async () => {
    const elsewhere = await fakeServer(() => ({ status: 200 }));
    const { outcome } = await ask(receiver({ status: 307, headers: { Location: elsewhere.origin } }));
    await elsewhere.close();
    expect(outcome).toMatchObject({ status: 'rejected', code: '307', permanent: false });
    expect(elsewhere.seen).toEqual([]);
  });

  it('is accepted at the first line, however much the receiver has to say', async () => {
    const { outcome } = await ask(receiver({ status: 200, body: 'x'.repeat(5_000_000) }));
    expect(outcome).toMatchObject({ status: 'accepted' });
  });

  it.each([[[]], [['plain']], [[secret, 'whsec_c2hvcnQ=']]])('is not sent with the secrets %j', async (secrets) => {
    const { outcome, seen } = await ask(receiver({ status: 200 }), { secrets });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_secret', blame: 'message' });
    expect(seen).toEqual([]);
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const server = await fakeServer(() => ({ status: 200 }));
    const channel = await openWebhook({ ...webhookDefaults, allowOwnNetworks: true });
    expect(await channel.send(message(server.origin))).toMatchObject({ status: 'unavailable' });
    await server.close();
    expect(server.seen).toEqual([]);
  });
});

describe('where a webhook may go', () => {
  const sendTo = async (url: string, change: Partial<WebhookSettings> = {}) => {
    const channel = await openWebhook({ ...webhookDefaults, ca: certificate, now: () => at, timeoutMs: 10_000, ...change });
    return channel.send(message(url));
  };

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '10.1.2.3',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[fd12::1]',
    '[fe80::1]',
    '0.0.0.0',
  ])('not to %s', async (host) => {
    expect(await sendTo(`https://${host}/`)).toMatchObject({ status: 'rejected', code: 'forbidden_address', permanent: true, blame: 'recipient' });
  });

  it.each([
    ['ftp://receiver.example/', 'invalid_url'],
    ['https://user:password@receiver.example/', 'invalid_url'],
    ['receiver.example', 'invalid_url'],
    ['http://receiver.example/', 'insecure_url'],
  ])('not to %s', async (url, code) => {
    expect(await sendTo(url)).toMatchObject({ status: 'rejected', code, permanent: true });
  });

  it('not to a name of which any address is ours', async () => {
    const server = await fakeServer(() => ({ status: 200 }));
    const resolve = async () => ['93.184.216.34', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    expect(await sendTo(`https://receiver.example:${server.port}/`, { resolve })).toMatchObject({ code: 'forbidden_address', blame: 'recipient' });
    await server.close();
    expect(server.seen).toEqual([]);
  });

  it('to the very address that was checked, however the name resolves a moment later', async () => {
    const server = await fakeServer(() => ({ status: 200 }));
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
    };
    const url = `https://receiver.example:${server.port}/`;
    expect(await sendTo(url, { resolve, allowOwnNetworks: true })).toMatchObject({ status: 'accepted' });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.headers.host).toBe(`receiver.example:${server.port}`);
    expect(asked).toEqual(['receiver.example']);
    expect(await sendTo(url, { resolve, allowOwnNetworks: true })).toMatchObject({ code: 'forbidden_address' });
    expect(await sendTo(url, { resolve, allowOwnNetworks: true })).toMatchObject({ status: 'unavailable' });
    await server.close();
  });

  it('without TLS only where that is allowed', async () => {
    const server = await fakeServer(() => ({ status: 200 }), { tls: false });
    expect(await sendTo(server.origin, { allowOwnNetworks: true, allowHttp: true })).toMatchObject({ status: 'accepted' });
    await server.close();
  });
});
