import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmailMessage } from '../../providers/message/channel.ts';
import { sendgridReceipts } from '../../providers/message/email/sendgrid-receipts.ts';
import { notificationHouse } from '../../test/support/notification-house.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const taken: EmailMessage[] = [];
let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse({
    email: {
      name: 'sendgrid',
      channel: 'email',
      repeatable: false,
      send: async (message) => ({ status: 'accepted', reference: `ref-${taken.push(message)}-${message.deliveryId}` }),
      close: async () => {},
    },
    receipts: new Map([['sendgrid', sendgridReceipts({ publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') })]]),
  });
});
afterAll(() => house.close());

type Said = { event: string; sg_message_id: string; type?: string; reason?: string; sg_event_id?: string; email?: string };

/** As SendGrid would: signed over the time and the very bytes. */
const tell = async (events: readonly Said[], { forged = false } = {}) => {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const body = JSON.stringify(events.map((one) => ({ sg_event_id: randomUUID(), timestamp: Number(timestamp), ...one })));
  const signature = sign('sha256', Buffer.from(timestamp + (forged ? `${body} ` : body)), privateKey).toString('base64');
  const headers = {
    'content-type': 'application/json',
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  };
  return (await fetch(`${house.url}/api/v1/webhooks/sendgrid`, { method: 'POST', headers, body })).status;
};

const ask = async (more: object = {}): Promise<string> => {
  const html = '<p>Look at <a href="https://shop.example/offer?a=1&amp;b=2">this</a></p>';
  const body = { to: { email: `${randomUUID()}@example.com` }, content: { subject: 'Hi', html }, category: 'offers', ...more };
  return (await house.call('POST', '/api/v1/notifications', body)).body.id;
};
const mailOf = async (id: string): Promise<EmailMessage> => {
  await expect.poll(() => taken.some(({ notificationId }) => notificationId === id)).toBe(true);
  const mail = taken.find(({ notificationId }) => notificationId === id);
  if (!mail) throw new Error('no mail');
  return mail;
};
const referenceOf = async (id: string): Promise<string> => {
  await expect.poll(async () => (await look(id)).providerMessageId).not.toBeNull();
  return (await look(id)).providerMessageId;
};
const look = async (id: string) => (await house.call('GET', `/api/v1/notifications/${id}`)).body.deliveries[0];

describe('what a provider reports', () => {
  it('is recorded whatever its order, and however often it comes', async () => {
    const id = await ask();
    const reference = await referenceOf(id);
    const opened = { event: 'open', sg_message_id: `${reference}.x`, sg_event_id: 'the-same' };
    expect(await tell([opened, { event: 'delivered', sg_message_id: `${reference}.x` }, { event: 'processed', sg_message_id: reference }])).toBe(200);
    await expect.poll(() => look(id)).toMatchObject({ status: 'delivered', engagement: ['opened'] });
    expect(await tell([opened])).toBe(200);
    expect(await tell([{ event: 'click', sg_message_id: reference }])).toBe(200);
    await expect.poll(() => look(id)).toMatchObject({ status: 'delivered', engagement: ['opened', 'clicked'] });
    const { events, verified } = await house.notifications.history(id);
    expect(verified).toBe(true);
    expect(events.map(({ type }) => type).toSorted()).toEqual([
      'DeliveryDelivered',
      'DeliverySent',
      'EngagementRecorded',
      'EngagementRecorded',
      'NotificationRequested',
    ]);
  });

  it('may come before we know that we have sent it', async () => {
    const early = `early-${randomUUID()}`;
    expect(await tell([{ event: 'delivered', sg_message_id: early }])).toBe(200);
    const id = randomUUID();
    const deliveryId = randomUUID();
    const context = { commandId: randomUUID(), actor: 'test', correlationId: 'c', causationId: 'c' };
    const request = {
      userId: null,
      to: { email: 'ada@example.com' },
      template: null,
      content: { subject: 'x', text: 'y' },
      category: 'offers',
      priority: 'normal' as const,
      locale: 'en',
      // Far away, so that the worker leaves it alone.
      sendAt: new Date(Date.now() + 86_400_000).toISOString(),
      deliveries: [{ id: deliveryId, channel: 'email' as const }],
    };
    await house.notifications.handle(id, { type: 'Request', request }, context);
    const sent = { type: 'DeliverySent', data: { deliveryId, at: new Date().toISOString(), attempt: 1, provider: 'sendgrid', reference: early } } as const;
    await house.notifications.handle(id, { type: 'RecordResults', results: [sent] }, { ...context, commandId: randomUUID() });
    await expect.poll(async () => (await look(id)).status).toBe('delivered');
  });

  it('puts an address that bounced for good on the list, by what was noted when it was sent, and nothing is sent there any more', async () => {
    const email = `gone-${randomUUID()}@example.com`;
    const id = await ask({ to: { email } });
    expect(await tell([{ event: 'bounce', sg_message_id: await referenceOf(id), type: 'bounce', reason: '550 no such user' }])).toBe(200);
    await expect.poll(() => look(id)).toMatchObject({ status: 'bounced', reason: '550 no such user' });
    const again = await ask({ to: { email } });
    await expect.poll(() => look(again)).toMatchObject({ status: 'suppressed', reason: 'hard_bounce' });
    const critical = await ask({ to: { email }, priority: 'critical' });
    await expect.poll(() => look(critical)).toMatchObject({ status: 'suppressed', reason: 'hard_bounce' });
  });

  it('ends a category where somebody has unsubscribed from it with the provider, and that alone', async () => {
    const email = `off-${randomUUID()}@example.com`;
    const id = await ask({ to: { email } });
    expect(await tell([{ event: 'unsubscribe', sg_message_id: await referenceOf(id) }])).toBe(200);
    await expect.poll(() => look(id)).toMatchObject({ engagement: ['unsubscribed'] });
    const [same, other] = [await ask({ to: { email } }), await ask({ to: { email }, category: 'orders' })];
    await expect.poll(() => look(same)).toMatchObject({ status: 'suppressed', reason: 'unsubscribed' });
    await expect.poll(() => look(other)).toMatchObject({ status: 'sent' });
  });

  it('is refused where it is forged, or of nobody who is set up, and changes nothing', async () => {
    const id = await ask();
    expect(await tell([{ event: 'delivered', sg_message_id: await referenceOf(id) }], { forged: true })).toBe(401);
    expect((await house.call('POST', '/api/v1/webhooks/nobody', [])).body).toMatchObject({ status: 404, code: 'provider_not_found' });
    expect((await look(id)).status).toBe('sent');
  });

  it('is kept sealed: addresses stand in no plain event', async () => {
    expect(await tell([{ event: 'delivered', sg_message_id: 'of-another-system', email: 'secret@example.com' }])).toBe(200);
    const stored: string[] = [];
    for await (const event of house.store.readAll({ after: -1n, filter: { streamPrefixes: ['messageWebhook-'] } })) stored.push(JSON.stringify(event.data));
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.join()).not.toContain('secret@');
  });
});

describe('what a mail tells of its reader', () => {
  const get = (url: string) => fetch(url, { redirect: 'manual' });

  it('leads on to where the link led, and says that it was opened and clicked', async () => {
    const id = await ask();
    const { html } = await mailOf(id);
    const [, click = ''] = /<a href="([^"]*)"/.exec(html ?? '') ?? [];
    const answer = await get(click);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://shop.example/offer?a=1&b=2']);
    await get(click);
    await expect.poll(() => look(id)).toMatchObject({ engagement: ['opened', 'clicked'] });
  });

  it('shows a picture, whatever its token, and records only ours', async () => {
    const id = await ask();
    const { html } = await mailOf(id);
    const [, picture = ''] = /<img src="([^"]*)"/.exec(html ?? '') ?? [];
    const answer = await get(picture);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'image/gif', 'no-store']);
    await expect.poll(() => look(id)).toMatchObject({ engagement: ['opened'] });
    expect((await get(`${house.url}/api/v1/track/open?t=nonsense`)).status).toBe(200);
  });

  it('redirects nowhere that we have not sealed', async () => {
    expect((await house.call('GET', '/api/v1/track/click?t=https%3A%2F%2Fevil.example')).body).toMatchObject({ status: 404, code: 'link_not_found' });
  });

  it('is nothing where the message is critical', async () => {
    const id = await ask({ priority: 'critical' });
    expect((await mailOf(id)).html).toContain('href="https://shop.example/offer?a=1&amp;b=2"');
  });
});
