import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import { houseKey, notificationHouse } from '../../test/support/notification-house.ts';
import type { Frame } from './feed-session.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse();
});
afterAll(async () => {
  await house.close();
});

const data = { paymentId: 'p1', amount: 1_050, currency: 'GBP', paidAt: '2026-06-01T10:00:00Z', reference: 'order-7' };
const receiptFor = (userId: string, email = 'ada@example.com') => ({ userId, to: { email }, template: 'payment_receipt', data });

const delivered = async (id: string) => {
  const loaded = await house.notifications.waitUntil(
    id,
    (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => Object.keys(facts).length > 0),
    { timeoutMs: 60_000 },
  );
  if (!loaded) throw new Error(`notification ${id} was not delivered`);
  return loaded;
};
const reading = (position: bigint) => ({ 'x-after-position': String(position) });

const captured = (userId: string, change: Partial<PublicEvent> = {}): PublicEvent => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/payments',
  type: 'payment.captured',
  subject: 'p1',
  time: '2026-06-01T10:00:00.000Z',
  datacontenttype: 'application/json',
  data: { paymentId: 'p1', amount: 500, currency: 'JPY', customer: { id: userId, email: `${userId}@example.com`, name: 'Ada' } },
  ...change,
});

/** A reader of a live feed, and the frames it got. */
const listen = async (userId: string, since?: number) => {
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/api/v1/feed/${userId}/live${since === undefined ? '' : `?since=${since}`}`, {
    headers: { authorization: `Bearer ${houseKey}` },
  });
  const frames: Frame[] = [];
  socket.on('message', (text) => frames.push(JSON.parse(String(text))));
  await once(socket, 'open');
  return { socket, frames, close: () => socket.close() };
};

describe('asking for a notification', () => {
  it('is accepted, sent on every channel, and can be looked up', async () => {
    const asked = await house.call('POST', '/api/v1/notifications', receiptFor('u-1'));
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`/api/v1/notifications/${asked.body.id}`);
    expect(asked.body).toMatchObject({
      status: 'queued',
      version: 1,
      userId: 'u-1',
      template: 'payment_receipt',
      templateVersion: 1,
      deliveries: [
        { channel: 'email', status: 'queued' },
        { channel: 'in_app', status: 'queued' },
      ],
    });

    const { position } = await delivered(asked.body.id);
    const found = await house.call('GET', `/api/v1/notifications/${asked.body.id}`, undefined, reading(position));
    expect(found.body).toMatchObject({
      status: 'delivered',
      version: 3,
      deliveries: [
        { provider: 'outbox', status: 'sent', attempts: [{ number: 1, outcome: 'sent' }] },
        { provider: 'feed', status: 'delivered' },
      ],
    });
    const listed = await house.call(
      'GET',
      '/api/v1/notifications?userId=u-1&status=delivered&channel=email&template=payment_receipt&category=payments',
      undefined,
      reading(position),
    );
    expect(listed.body).toMatchObject({ data: [{ id: asked.body.id, status: 'delivered' }], nextCursor: null });
    expect(JSON.stringify(listed.body)).not.toContain('ada@example.com');
    expect((await house.call('GET', '/api/v1/notifications?userId=u-1&status=failed', undefined, reading(position))).body.data).toEqual([]);

    const outbox = await house.call('GET', '/api/v1/outbox?limit=1');
    expect(outbox.body.data[0]).toMatchObject({
      notificationId: asked.body.id,
      channel: 'email',
      to: 'ada@example.com',
      subject: 'Your receipt: £10.50 for order-7',
    });
  });

  it('can be looked up at once, and as it was', async () => {
    const asked = await house.call('POST', '/api/v1/notifications', receiptFor('u-2'));
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}`)).status).toBe(200);
    await delivered(asked.body.id);
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}?version=1`)).body).toEqual(asked.body);
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}?at=${encodeURIComponent(asked.body.createdAt)}`)).body).toMatchObject({
      version: expect.any(Number),
      createdAt: asked.body.createdAt,
    });
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}?version=99`)).status).toBe(404);
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}/events`)).body).toMatchObject({
      data: [{ type: 'NotificationRequested', revision: 0 }, {}, {}],
      verified: true,
    });
    expect((await house.call('GET', `/api/v1/notifications/${asked.body.id}?at=2020-01-01T00:00:00Z`)).status).toBe(404);
    expect((await house.call('GET', `/api/v1/notifications/${randomUUID()}`)).body).toMatchObject({ status: 404, code: 'notification_not_found' });
  });

  it('with the same key is the same notification, with the same answer; with another body it is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await house.call('POST', '/api/v1/notifications', receiptFor('u-3'), key);
    await delivered(first.body.id);
    const again = await house.call('POST', '/api/v1/notifications', receiptFor('u-3'), key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect((await house.call('POST', '/api/v1/notifications', receiptFor('u-4'), key)).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    await expect.poll(async () => (await house.reader.page('u-3', { limit: 10 })).data).toHaveLength(1);
  });

  it('that is due later waits, can be called off once, and is not sent', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const asked = await house.call('POST', '/api/v1/notifications', { ...receiptFor('u-30'), sendAt });
    expect(asked.body).toMatchObject({ status: 'scheduled', sendAt, deliveries: [{ status: 'queued' }, { status: 'queued' }] });
    const canceled = await house.call('POST', `/api/v1/notifications/${asked.body.id}/cancel`, { reason: 'order_returned' });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', deliveries: [{ status: 'suppressed', reason: 'order_returned' }, {}] } });
    expect((await house.call('POST', `/api/v1/notifications/${asked.body.id}/cancel`, {})).body.status).toBe('canceled');
    const sent = await house.call('POST', '/api/v1/notifications', receiptFor('u-31'));
    await delivered(sent.body.id);
    expect((await house.call('POST', `/api/v1/notifications/${sent.body.id}/cancel`, {})).body).toMatchObject({
      status: 409,
      code: 'notification_not_cancelable',
    });
    expect((await house.call('POST', `/api/v1/notifications/${randomUUID()}/cancel`, {})).status).toBe(404);
  });

  it('that was accepted is answered again, though it could not be asked for now', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const sendAt = new Date(Date.now() + 700).toISOString();
    const first = await house.call('POST', '/api/v1/notifications', { ...receiptFor('u-32'), sendAt }, key);
    expect(first.body.status).toBe('scheduled');
    await delivered(first.body.id);
    const again = await house.call('POST', '/api/v1/notifications', { ...receiptFor('u-32'), sendAt }, key);
    expect(again.body).toEqual(first.body);
  });

  it('comes in batches, each with its own outcome, and once', async () => {
    const notifications = [receiptFor('u-40'), { userId: 'u-41' }, { template: 7 }, receiptFor('u-42')];
    const key = { 'idempotency-key': randomUUID() };
    const first = await house.call('POST', '/api/v1/notifications/batch', { notifications }, key);
    expect(first).toMatchObject({
      status: 202,
      body: {
        data: [
          { status: 202, notification: { userId: 'u-40' } },
          { status: 400, problem: { code: 'invalid_request', errors: [{ path: 'template' }] } },
          { status: 400, problem: { code: 'invalid_request', errors: [{ path: 'template' }] } },
          { status: 202, notification: { userId: 'u-42' } },
        ],
      },
    });
    await delivered(first.body.data[3].notification.id);
    expect((await house.call('POST', '/api/v1/notifications/batch', { notifications }, key)).body).toEqual(first.body);
    const tooMany = { notifications: Array.from({ length: 1_001 }, () => receiptFor('u-43')) };
    expect((await house.call('POST', '/api/v1/notifications/batch', tooMany)).body).toMatchObject({ status: 400, errors: [{ path: 'notifications' }] });
  });

  it('takes two appends and one job’s worth of work, however many channels', async () => {
    const asked = await house.call('POST', '/api/v1/notifications', receiptFor('u-5'));
    await delivered(asked.body.id);
    const { events, verified } = await house.notifications.history(asked.body.id);
    expect(verified).toBe(true);
    expect(new Set(events.map(({ metadata }) => metadata.commandId)).size).toBe(2);
  });

  it('keeps words, addresses and data of the person sealed in the log', async () => {
    const asked = await house.call('POST', '/api/v1/notifications', receiptFor('u-6', 'secret@example.com'));
    await delivered(asked.body.id);
    const stored: unknown[] = [];
    for await (const { data: sealed, metadata } of house.store.read(`notification-${asked.body.id}`)) stored.push(sealed, metadata);
    expect(stored).toHaveLength(6);
    expect(JSON.stringify(stored)).not.toMatch(/secret@|order-7|Payment received/);
  });

  it.each([
    ['an unknown template', { userId: 'u', template: 'nothing' }, 422, 'template_not_found', ['template']],
    [
      'a missing variable',
      { userId: 'u', template: 'payment_receipt', data: { amount: 1, currency: 'GBP' } },
      422,
      'invalid_variables',
      ['data.paymentId', 'data.paidAt'],
    ],
    ['no address', { userId: 'u', channels: ['email'], template: 'payment_receipt', data }, 422, 'no_address', ['to.email']],
    ['a bad address', { to: { email: 'a@b' }, template: 'payment_receipt', data }, 422, 'invalid_recipient', ['to.email']],
    [
      'a header in the subject',
      { to: { email: 'ada@example.com' }, content: { subject: 'a\r\nBcc: b@c.de', text: 't' } },
      422,
      'invalid_content',
      ['content.subject'],
    ],
    [
      'fields that there are not',
      { userId: 'u', to: { fax: '+44' }, sentAt: '2030-01-01T00:00:00Z', digestKey: '', content: { subject: 's', text: 't' } },
      400,
      'invalid_request',
      ['digestKey', 'sentAt', 'to.fax'],
    ],
    ['an unknown channel', { userId: 'u', channels: ['pigeon'], content: { subject: 's', text: 't' } }, 400, 'invalid_request', ['channels.0']],
    ['a channel twice', { userId: 'u', channels: ['in_app', 'in_app'], content: { subject: 's', text: 't' } }, 400, 'invalid_request', ['channels']],
    ['a user id that is none', { userId: 'a b', content: { subject: 's', text: 't' } }, 400, 'invalid_request', ['userId']],
  ])('is refused with %s, naming it', async (_, body, status, code, paths) => {
    const answer = await house.call('POST', '/api/v1/notifications', body);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([...paths].sort());
  });

  it('pages through the list, and refuses a cursor of another list', async () => {
    for (let n = 0; n < 3; n++) await delivered((await house.call('POST', '/api/v1/notifications', receiptFor('u-7'))).body.id);
    const { position } = await delivered((await house.call('POST', '/api/v1/notifications', receiptFor('u-7'))).body.id);
    const first = await house.call('GET', '/api/v1/notifications?userId=u-7&limit=3', undefined, reading(position));
    const second = await house.call('GET', `/api/v1/notifications?userId=u-7&limit=3&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect([...first.body.data, ...second.body.data].map(({ id }: { id: string }) => id)).toHaveLength(4);
    expect(second.body.nextCursor).toBeNull();
    expect((await house.call('GET', '/api/v1/notifications?userId=u-8&cursor=abc')).body).toMatchObject({ status: 400, errors: [{ path: 'query.cursor' }] });
    expect((await house.call('GET', '/api/v1/outbox?cursor=abc')).status).toBe(400);
  });
});

describe('a receipt', () => {
  it('comes of a public event once, by e-mail and in the app', async () => {
    const event = captured('u-20');
    await house.receipt(event);
    await house.receipt(event);
    await expect
      .poll(async () => (await house.outbox.list({ limit: 100 })).data.filter(({ to }) => to === 'u-20@example.com'))
      .toMatchObject([{ subject: 'Your receipt: ¥500', text: expect.stringContaining('Thank you, Ada') }]);
    await expect.poll(async () => (await house.reader.page('u-20', { limit: 10 })).data).toHaveLength(1);
  });
});

describe('the feed', () => {
  const fill = async (userId: string, count: number) => {
    for (let n = 0; n < count; n++) {
      const asked = await house.call('POST', '/api/v1/notifications', { userId, content: { title: `n${n}`, body: 'text', url: '/orders' } });
      await delivered(asked.body.id);
    }
    await expect.poll(async () => (await house.reader.counts(userId)).unseen).toBe(count);
  };
  const feed = async (userId: string, query = '', headers = {}) => (await house.call('GET', `/api/v1/feed/${userId}${query}`, undefined, headers)).body;

  it('is read newest first, marked by id or up to a sequence, and told again from a sequence', async () => {
    await fill('f-1', 4);
    const whole = await feed('f-1');
    expect(whole).toMatchObject({
      data: [{ title: 'n3', body: 'text', url: '/orders', read: false }, { title: 'n2' }, { title: 'n1' }, { title: 'n0' }],
      unseen: 4,
      unread: 4,
      nextCursor: null,
    });
    expect(whole.sequence).toBe(whole.data[0].sequence);

    const read = await house.call('POST', '/api/v1/feed/f-1/read', { ids: [whole.data[3].id] });
    expect(read.body).toEqual({ marked: 1, more: false });
    const since = await feed('f-1', `?since=${whole.sequence}`, { 'x-after-position': read.headers.get('x-position') ?? '' });
    expect(since).toMatchObject({ data: [{ title: 'n0', seen: true, read: true }], unseen: 3, unread: 3 });

    const seen = await house.call('POST', '/api/v1/feed/f-1/seen', { upTo: whole.data[1].sequence });
    expect(seen.body).toEqual({ marked: 2, more: false });
    const archived = await house.call('POST', '/api/v1/feed/f-1/archive', { upTo: whole.sequence });
    expect(archived.body).toEqual({ marked: 4, more: false });
    const now = await feed('f-1', `?since=${since.sequence}`, { 'x-after-position': archived.headers.get('x-position') ?? '' });
    expect(now).toMatchObject({ unseen: 0, unread: 0 });
    expect(now.data).toHaveLength(4);
    expect(await feed('f-1')).toMatchObject({ data: [], sequence: now.sequence });
    expect((await feed('f-1', `?since=${now.sequence}`)).data).toEqual([]);
    expect((await feed('f-1', `?since=${since.sequence}&limit=1`)).data).toHaveLength(4);
  });

  it('shows what is archived, unread, or of a category; marks are taken back', async () => {
    await fill('f-7', 2);
    const other = await house.call('POST', '/api/v1/notifications', { userId: 'f-7', category: 'offers', content: { title: 'offer', body: 'text' } });
    await delivered(other.body.id);
    await expect.poll(async () => (await house.reader.counts('f-7')).unseen).toBe(3);
    const titles = async (query: string, after: { headers: Headers }) => {
      const { data, unread } = await feed('f-7', query, { 'x-after-position': after.headers.get('x-position') ?? '0' });
      return [data.map(({ title }: { title: string }) => title), unread];
    };
    const [offer, n1, n0] = (await feed('f-7')).data;
    const mark = (verb: string, ids: string[]) => house.call('POST', `/api/v1/feed/f-7/${verb}`, { ids });
    await mark('read', [n1.id]);
    const archived = await mark('archive', [n0.id]);
    expect(await titles('', archived)).toEqual([['offer', 'n1'], 1]);
    expect(await titles('?archived=true', archived)).toEqual([['n0'], 1]);
    expect(await titles('?unread=true', archived)).toEqual([['offer'], 1]);
    expect(await titles('?category=offers', archived)).toEqual([['offer'], 1]);
    expect(await titles('?category=offers&archived=true', archived)).toEqual([[], 1]);
    const back = await mark('unarchive', [n0.id]);
    expect(await titles('', back)).toEqual([['offer', 'n1', 'n0'], 2]);
    const unread = await mark('unread', [n1.id, offer.id]);
    expect(unread.body).toEqual({ marked: 2, more: false });
    expect(await titles('?unread=true&limit=2', unread)).toEqual([['offer', 'n1'], 3]);
    expect((await feed('f-7')).data[1]).toMatchObject({ title: 'n1', seen: true, read: false });
  });

  it('has nothing to take back where nothing was marked, and refuses what does not go together', async () => {
    await fill('f-8', 1);
    const [item] = (await feed('f-8')).data;
    const answer = await house.call('POST', '/api/v1/feed/f-8/unread', { ids: [item.id] });
    expect([answer.status, answer.body, answer.headers.get('x-position')]).toEqual([200, { marked: 1, more: false }, null]);
    expect((await house.call('POST', '/api/v1/feed/f-8/unarchive', { upTo: 5 })).body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await feed('f-8', '?archived=true&unread=true')).toMatchObject({ status: 400, errors: [{ path: 'query.unread' }] });
    expect(await feed('f-8', '?since=1&category=c')).toMatchObject({ status: 400, errors: [{ path: 'query.since' }] });
    expect(await feed('f-8', '?unread=1')).toMatchObject({ status: 400, errors: [{ path: 'query.unread' }] });
  });

  it('lets nobody mark what is not theirs', async () => {
    await fill('f-2', 1);
    const { data: items } = await feed('f-2');
    const answer = await house.call('POST', '/api/v1/feed/f-3/read', { ids: [randomUUID(), items[0].id] });
    expect(answer.body).toMatchObject({ status: 404, code: 'feed_item_not_found', errors: [{ path: 'ids.0' }, { path: 'ids.1' }] });
    expect((await house.call('POST', '/api/v1/feed/f-2/read', { ids: [items[0].id], upTo: 1 })).status).toBe(400);
    expect((await house.call('POST', '/api/v1/feed/f-3/read', { upTo: 10_000 })).body).toEqual({ marked: 0, more: false });
  });

  it('comes live: a snapshot, then each change once, to every tab', async () => {
    await fill('f-4', 1);
    const tabs = [await listen('f-4'), await listen('f-4')];
    for (const { frames } of tabs) await expect.poll(() => frames).toMatchObject([{ type: 'snapshot', data: [{ title: 'n0' }], unseen: 1 }]);
    const asked = await house.call('POST', '/api/v1/notifications', { userId: 'f-4', content: { title: 'live', body: 'text' } });
    await delivered(asked.body.id);
    for (const { frames } of tabs)
      await expect
        .poll(() => frames.slice(1))
        .toMatchObject([
          { type: 'added', item: { title: 'live' } },
          { type: 'counts', unseen: 2, unread: 2 },
        ]);
    await house.call('POST', '/api/v1/feed/f-4/read', { upTo: tabs[0]?.frames.at(-1)?.sequence });
    for (const { frames } of tabs) await expect.poll(() => frames.at(-1)).toMatchObject({ type: 'counts', unseen: 0, unread: 0 });
    expect(tabs[0]?.frames).toEqual(tabs[1]?.frames);
    for (const tab of tabs) tab.close();
  });

  it('goes on where a reader was cut off', async () => {
    await fill('f-5', 2);
    const first = await listen('f-5');
    await expect.poll(() => first.frames.length).toBe(1);
    first.socket.terminate();
    const sequence = first.frames[0]?.sequence;
    for (const title of ['missed 1', 'missed 2'])
      await delivered((await house.call('POST', '/api/v1/notifications', { userId: 'f-5', content: { title, body: 'text' } })).body.id);
    const second = await listen('f-5', sequence);
    await expect.poll(() => second.frames.flatMap((frame) => (frame.type === 'added' ? [frame.item.title] : []))).toEqual(['missed 1', 'missed 2']);
    expect(second.frames.some(({ type }) => type === 'snapshot')).toBe(false);
    second.close();
  });

  it('opens its socket to nobody without a key, and only as a socket', async () => {
    const socket = new WebSocket(`${house.url.replace('http', 'ws')}/api/v1/feed/f-6/live`);
    const [, answer] = await once(socket, 'unexpected-response');
    expect(answer.statusCode).toBe(401);
    socket.on('error', () => {}).terminate();
    const browser = new WebSocket(`${house.url.replace('http', 'ws')}/api/v1/feed/f-6/live`, ['feed', `bearer.${Buffer.from(houseKey).toString('base64url')}`]);
    await once(browser, 'open');
    expect(browser.protocol).toBe('feed');
    browser.close();
    expect((await house.call('GET', '/api/v1/feed/f-6/live')).body).toMatchObject({ status: 400, code: 'websocket_required' });
  });
});
