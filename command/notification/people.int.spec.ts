import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmailMessage, MessageChannel } from '../../providers/message/channel.ts';
import { notificationHouse } from '../../test/support/notification-house.ts';
import { removePushToken, suppressAddress } from '../../workers/notification/suppress.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
const sent: EmailMessage[] = [];
const email: MessageChannel<'email'> = {
  name: 'letterbox',
  channel: 'email',
  repeatable: true,
  send: async (message) => {
    sent.push(message);
    return { status: 'accepted', reference: message.deliveryId };
  },
  close: async () => {},
};
beforeAll(async () => {
  house = await notificationHouse({ email });
});
afterAll(() => house.close());

const content = { subject: 'Hello', text: 'there' };
const seen = (answer: { headers: Headers }) => ({ 'x-after-position': answer.headers.get('x-position') ?? '' });
const ask = async (body: object) =>
  (await house.call('POST', '/api/v1/notifications', { content, channels: ['email'], category: 'marketing', ...body })).body.id;
/** The delivery by e-mail, once something has come of it. */
const outcomeOf = async (id: string) => {
  const settled = await house.notifications.waitUntil(
    id,
    (state) => state.status === 'requested' && state.deliveries.every((one) => one.until !== undefined || Object.keys(one.facts).length > 0),
    { timeoutMs: 60_000 },
  );
  if (settled?.state.status !== 'requested') throw new Error('it never ended');
  const [delivery] = settled.state.deliveries;
  return { ...delivery, status: Object.keys(delivery?.facts ?? {}).at(0), reason: delivery?.facts.suppressed?.reason };
};
const outcome = async (body: object) => outcomeOf(await ask(body));
const put = (path: string, body: object, headers = {}) => house.call('PUT', `/api/v1/${path}`, body, headers);
const get = (path: string, headers = {}) => house.call('GET', `/api/v1/${path}`, undefined, headers);

const ada = {
  email: 'ada@example.com',
  phone: '+447700900123',
  pushTokens: [{ provider: 'fcm', token: 'token-of-ada' }],
  locale: 'en-GB',
  timeZone: 'Europe/London',
};

describe('contacts', () => {
  it('are set as a whole, read back, replaced and removed', async () => {
    const set = await put('contacts/c-1', ada);
    expect(set).toMatchObject({ status: 200, body: { userId: 'c-1', ...ada, updatedAt: expect.any(String) } });
    expect((await get('contacts/c-1', seen(set))).body).toEqual(set.body);
    const replaced = await put('contacts/c-1', { phone: ada.phone });
    expect((await get('contacts/c-1', seen(replaced))).body).toMatchObject({ email: null, phone: ada.phone, pushTokens: [], timeZone: null });
    const removed = await house.call('DELETE', '/api/v1/contacts/c-1');
    expect([removed.status, removed.body]).toEqual([204, undefined]);
    expect(await get('contacts/c-1', seen(removed))).toMatchObject({ status: 404, body: { code: 'contacts_not_found' } });
    expect((await house.call('DELETE', '/api/v1/contacts/c-1')).body).toMatchObject({ status: 404, code: 'contacts_not_found' });
  });

  it('answer a repeated request as the first, and append nothing for it', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await put('contacts/c-2', ada, key);
    await put('contacts/c-2', { email: 'new@example.com' });
    const again = await put('contacts/c-2', ada, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await put('contacts/c-2', {}, key)).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    await put('contacts/c-2', { email: 'new@example.com' });
    expect((await house.contacts.history('c-2')).events).toHaveLength(2);
  });

  it('are sealed in the log', async () => {
    await put('contacts/c-3', ada);
    const stored: unknown[] = [];
    for await (const { data } of house.store.read('contacts-c-3')) stored.push(data);
    expect(JSON.stringify(stored)).not.toMatch(/ada@|7700900|token-of-ada/);
    expect(JSON.stringify(stored)).toContain('Europe/London');
  });

  it.each([
    ['no e-mail address', { email: 'ada' }, 422, 'invalid_contacts', ['email']],
    ['a phone number that is not in E.164', { phone: '07700 900123' }, 400, 'invalid_request', ['phone']],
    ['a time zone that is none', { timeZone: 'Europe/Atlantis' }, 422, 'invalid_contacts', ['timeZone']],
    ['a token twice', { pushTokens: [ada.pushTokens[0], { provider: 'apns', token: 'token-of-ada' }] }, 422, 'invalid_contacts', ['pushTokens.1.token']],
    ['an unknown push provider', { pushTokens: [{ provider: 'pigeon', token: 't' }] }, 400, 'invalid_request', ['pushTokens.0.provider']],
    ['too many devices', { pushTokens: Array.from({ length: 21 }, (_, n) => ({ provider: 'fcm', token: `t${n}` })) }, 400, 'invalid_request', ['pushTokens']],
    ['fields that are not known', { name: 'Ada' }, 400, 'invalid_request', ['name']],
  ])('refuse %s, naming it', async (_, body, status, code, paths) => {
    const answer = await put('contacts/c-4', body);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect((await get('contacts/c-4')).status).toBe(404);
  });

  it('are where a notification goes that names a user only', async () => {
    await put('contacts/c-5', { email: 'c5@example.com' });
    expect(await outcome({ userId: 'c-5' })).toMatchObject({ status: 'sent' });
    expect(sent.filter(({ to }) => to === 'c5@example.com')).toHaveLength(1);
  });

  it('lose a push token that is dead, once, and not one that came since', async () => {
    const remove = removePushToken({ contacts: house.contacts });
    const set = await put('contacts/c-6', ada);
    await remove('c-6', 'token-of-ada', '2020-01-01T00:00:00Z');
    await remove('nobody', 'token-of-ada', '2020-01-01T00:00:00Z');
    expect((await get('contacts/c-6', seen(set))).body.pushTokens).toHaveLength(1);
    const now = new Date(Date.now() + 1_000).toISOString();
    await remove('c-6', 'token-of-ada', now);
    await remove('c-6', 'token-of-ada', now);
    const { events } = await house.contacts.history('c-6');
    expect(events.map(({ type }) => type)).toEqual(['ContactsSet', 'PushTokenRemoved']);
    expect((await get('contacts/c-6', { 'x-after-position': String(events[1]?.position) })).body.pushTokens).toEqual([]);
  });
});

describe('preferences', () => {
  it('are everything where nothing was said, and what was said otherwise', async () => {
    expect((await get('preferences/p-1')).body).toEqual({ userId: 'p-1', channels: {}, categories: {}, quietHours: null, locale: null, updatedAt: null });
    const wishes = {
      channels: { sms: false },
      categories: { marketing: { email: false }, news: false },
      quietHours: { start: '22:00', end: '07:00', timeZone: 'Europe/Paris' },
      locale: 'fr',
    };
    const set = await put('preferences/p-1', wishes);
    expect(set).toMatchObject({ status: 200, body: { userId: 'p-1', ...wishes } });
    expect((await get('preferences/p-1', seen(set))).body).toEqual(set.body);
  });

  it.each([
    ['quiet hours without end', { quietHours: { start: '22:00' } }, 400, 'invalid_request', ['quietHours.end']],
    ['a time of day that is none', { quietHours: { start: '24:00', end: '07:00' } }, 400, 'invalid_request', ['quietHours.start']],
    ['quiet hours that never end', { quietHours: { start: '22:00', end: '22:00' } }, 422, 'invalid_preferences', ['quietHours.end']],
    ['an unknown time zone', { quietHours: { start: '22:00', end: '07:00', timeZone: 'Mars/Base' } }, 422, 'invalid_preferences', ['quietHours.timeZone']],
    ['an unknown channel', { channels: { pigeon: false } }, 400, 'invalid_request', ['channels.pigeon']],
    ['an unknown channel of a category', { categories: { news: { pigeon: false } } }, 400, 'invalid_request', ['categories.news']],
  ])('refuse %s, naming it', async (_, body, status, code, paths) => {
    const answer = await put('preferences/p-2', body);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it('hold for whatever is asked for after them, however soon', async () => {
    const users = Array.from({ length: 25 }, (_, n) => `p-race-${n}`);
    const asked = await house.whileRecipientsStand(() =>
      Promise.all(
        users.map(async (userId) => {
          await put(`preferences/${userId}`, { categories: { marketing: { email: false } } });
          return ask({ userId, to: { email: `${userId}@example.com` } });
        }),
      ),
    );
    const outcomes = await Promise.all(asked.map(outcomeOf));
    expect(outcomes.map(({ reason }) => reason)).toEqual(users.map(() => 'category_opt_out'));
    expect(sent.filter(({ to }) => to.startsWith('p-race-'))).toEqual([]);
  });

  it('give way to what is critical', async () => {
    await put('preferences/p-3', { channels: { email: false } });
    expect(await outcome({ userId: 'p-3', to: { email: 'p3@example.com' } })).toMatchObject({ reason: 'channel_opt_out' });
    expect(await outcome({ userId: 'p-3', to: { email: 'p3@example.com' }, priority: 'critical' })).toMatchObject({ status: 'sent' });
  });

  it('put off until the quiet hours are over', async () => {
    const hour = (later: number) => `${String((new Date().getUTCHours() + later + 24) % 24).padStart(2, '0')}:00`;
    await put('preferences/p-4', { quietHours: { start: hour(-1), end: hour(2), timeZone: 'UTC' } });
    const { until, status } = await outcome({ userId: 'p-4', to: { email: 'p4@example.com' } });
    expect(until?.slice(11, 16)).toBe(hour(2));
    expect(status === undefined || status === 'delayed').toBe(true);
  });
});

describe('the list of those not sent to', () => {
  const add = (body: object) => house.call('POST', '/api/v1/suppressions', { channel: 'email', ...body });
  const suppress = () => suppressAddress(house);

  it('takes an address by hand, however it is spelled, and gives it back', async () => {
    const added = await add({ address: ' Stop@Example.com ' });
    expect(added).toMatchObject({
      status: 201,
      body: { channel: 'email', address: 'stop@example.com', reasons: [{ reason: 'manual', category: null, provider: null }] },
    });
    expect((await get(`suppressions/${added.body.id}`, seen(added))).body).toEqual(added.body);
    expect((await get('suppressions?channel=email&address=STOP%40example.com')).body.data).toEqual([added.body]);
    expect(await outcome({ to: { email: 'STOP@example.com' } })).toMatchObject({ reason: 'manual' });

    const lifted = await house.call('DELETE', `/api/v1/suppressions/${added.body.id}`);
    expect(lifted.status).toBe(204);
    expect((await get(`suppressions/${added.body.id}`, seen(lifted))).body).toMatchObject({ status: 404, code: 'suppression_not_found' });
    expect((await get('suppressions?channel=email&address=stop@example.com')).body.data).toEqual([]);
    expect(await outcome({ to: { email: 'stop@example.com' } })).toMatchObject({ status: 'sent' });
    const { events } = await house.suppressions.history(added.body.id);
    expect(events.map(({ type, metadata }) => [type, metadata.actor])).toEqual([
      ['AddressSuppressed', 'key:admin'],
      ['SuppressionLifted', 'key:admin'],
    ]);
  });

  it('keeps the reasons of an address apart', async () => {
    const bounced = {
      channel: 'email',
      address: 'two@example.com',
      reason: 'hard_bounce',
      provider: 'ses',
      notificationId: 'n1',
      at: new Date().toISOString(),
    } as const;
    await suppress()(bounced);
    await suppress()({ ...bounced, notificationId: 'n2' });
    const both = await add({ address: 'two@example.com', reason: 'unsubscribed', category: 'news', userId: 'u-two' });
    expect(both.body).toMatchObject({
      userId: 'u-two',
      reasons: [
        { reason: 'hard_bounce', notificationId: 'n1' },
        { reason: 'unsubscribed', category: 'news' },
      ],
    });
    expect(await outcome({ to: { email: 'two@example.com' }, priority: 'critical' })).toMatchObject({ reason: 'hard_bounce' });
    const lifted = await house.call('DELETE', `/api/v1/suppressions/${both.body.id}?reason=hard_bounce`);
    expect((await get(`suppressions/${both.body.id}`, seen(lifted))).body.reasons).toMatchObject([{ reason: 'unsubscribed' }]);
    // The provider tells again what had happened before.
    await suppress()(bounced);
    expect(await outcome({ to: { email: 'two@example.com' } })).toMatchObject({ status: 'sent' });
    expect(await outcome({ to: { email: 'two@example.com' }, category: 'news' })).toMatchObject({ reason: 'unsubscribed' });
  });

  it('is paged and filtered by channel, reason and user', async () => {
    let last = await add({ address: 'l0@example.com', userId: 'u-list' });
    for (const n of [1, 2]) last = await add({ address: `l${n}@example.com`, userId: 'u-list', reason: 'complaint' });
    last = await add({ channel: 'sms', address: '+44 7700 900999', userId: 'u-list', reason: 'stop' });
    const list = async (query: string) => (await get(`suppressions?userId=u-list${query}`, seen(last))).body;
    expect((await list('')).data.map(({ address }: { address: string }) => address)).toEqual([
      '+447700900999',
      'l2@example.com',
      'l1@example.com',
      'l0@example.com',
    ]);
    expect((await list('&channel=sms')).data).toMatchObject([{ address: '+447700900999' }]);
    expect((await list('&reason=complaint')).data).toHaveLength(2);
    const first = await list('&limit=3');
    expect((await list(`&limit=3&cursor=${encodeURIComponent(first.nextCursor)}`)).data).toMatchObject([{ address: 'l0@example.com' }]);
    expect((await get('suppressions?address=l0@example.com')).body).toMatchObject({ status: 400, errors: [{ path: 'query.channel' }] });
    expect((await get('suppressions?channel=email&address=l1@example.com&reason=manual')).body.data).toEqual([]);
  });

  it('refuses what is no address, and knows no id that it never had', async () => {
    expect((await add({ address: 'nobody' })).body).toMatchObject({ status: 422, code: 'invalid_address', errors: [{ path: 'address' }] });
    expect((await add({ address: 'a@example.com', reason: 'mood' })).body).toMatchObject({ status: 400, errors: [{ path: 'reason' }] });
    expect((await house.call('DELETE', `/api/v1/suppressions/${randomUUID()}`)).body).toMatchObject({ status: 404, code: 'suppression_not_found' });
  });
});

describe('the link to unsubscribe', () => {
  const oneClick = (url: string, body = 'List-Unsubscribe=One-Click', type = 'application/x-www-form-urlencoded') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type } });
  const linkTo = (address: string) => {
    const url = sent.findLast(({ to }) => to === address)?.unsubscribeUrl;
    if (url === undefined) throw new Error('no link');
    return url;
  };

  it('shows a page and changes nothing; one click of a program of mail ends that category by e-mail', async () => {
    const reach = { userId: 'l-1', to: { email: 'l1@example.org' } };
    const first = await ask(reach);
    await outcomeOf(first);
    const page = await fetch(linkTo('l1@example.org'));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-.*form-action 'self'/);
    expect(await page.text()).toMatch(/<html lang="en">[\s\S]*<form method="post">[\s\S]*Unsubscribe from marketing/);
    expect(await outcome(reach)).toMatchObject({ status: 'sent' });

    const lastOfThem = await ask(reach);
    await outcomeOf(lastOfThem);
    expect((await oneClick(linkTo('l1@example.org'))).status).toBe(200);
    expect((await oneClick(linkTo('l1@example.org'))).status).toBe(200);
    expect(await outcome(reach)).toMatchObject({ reason: 'category_opt_out' });
    expect(await outcome({ ...reach, category: 'orders' })).toMatchObject({ status: 'sent' });
    const engagement = async (id: string) => (await get(`notifications/${id}`)).body.deliveries[0].engagement;
    await expect.poll(() => engagement(lastOfThem)).toEqual(['unsubscribed']);
    expect(await engagement(first)).toEqual([]);
    const { events } = await house.preferences.history('l-1');
    expect(events.map(({ type, data, metadata }) => [type, data, metadata.actor])).toMatchObject([
      ['UserUnsubscribed', { category: 'marketing', channel: 'email', notificationId: expect.any(String) }, 'link:unsubscribe'],
    ]);
  });

  it('ends everything where the person asks for that', async () => {
    const reach = { userId: 'l-2', to: { email: 'l2@example.org' } };
    await outcome(reach);
    const answer = await oneClick(linkTo('l2@example.org'), 'scope=everything');
    expect(await answer.text()).toContain('We send you no more e-mail.');
    expect(await outcome({ ...reach, category: 'orders' })).toMatchObject({ reason: 'channel_opt_out' });
    expect((await oneClick(linkTo('l2@example.org'), 'scope=half')).status).toBe(400);
  });

  it('puts an address that is no user’s on the list, for the category', async () => {
    const reach = { to: { email: 'L3@example.org' } };
    await outcome(reach);
    const multipart = ['--b', 'content-disposition: form-data; name="List-Unsubscribe"', '', 'One-Click', '--b--', ''].join('\r\n');
    expect((await oneClick(linkTo('L3@example.org'), multipart, 'multipart/form-data; boundary=b')).status).toBe(200);
    expect(await outcome({ to: { email: 'l3@example.org' } })).toMatchObject({ reason: 'unsubscribed' });
    expect(await outcome({ to: { email: 'l3@example.org' }, category: 'orders' })).toMatchObject({ status: 'sent' });
    expect(await outcome({ to: { email: 'l3@example.org' }, priority: 'critical' })).toMatchObject({ status: 'sent' });
  });

  it('is not there where what is sent is critical', async () => {
    await outcome({ to: { email: 'l4@example.org' }, priority: 'critical' });
    expect(() => linkTo('l4@example.org')).toThrow('no link');
  });

  it('does nothing where it was altered', async () => {
    await outcome({ userId: 'l-5', to: { email: 'l5@example.org' } });
    const altered = linkTo('l5@example.org').replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const answer of [await fetch(altered), await oneClick(altered)]) {
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('Nothing was done');
    }
    expect((await house.preferences.history('l-5')).events).toEqual([]);
  });
});

describe('erasing a person', () => {
  it('leaves nothing to be read, and still sends nothing to who was not to be sent to', async () => {
    const before = await put('contacts/e-1', { ...ada, email: 'gone@example.com' });
    await suppressAddress(house)({ channel: 'email', address: 'gone@example.com', reason: 'complaint', at: new Date().toISOString() });
    await suppressAddress(house)({ channel: 'email', address: 'older@example.com', userId: 'e-1', reason: 'hard_bounce', at: new Date().toISOString() });
    const older = house.addressIds('email', 'older@example.com');
    await expect.poll(async () => (await get(`suppressions/${older}`, seen(before))).status).toBe(200);

    const erased = await house.call('DELETE', '/api/v1/people/e-1');
    expect(erased.status).toBe(204);
    expect((await get('contacts/e-1', seen(erased))).status).toBe(404);
    for (const address of ['gone@example.com', 'older@example.com']) {
      expect((await get(`suppressions?channel=email&address=${address}`, seen(erased))).body.data).toMatchObject([{ address: null, userId: null }]);
    }
    expect(await outcome({ to: { email: 'gone@example.com' } })).toMatchObject({ reason: 'complaint' });

    const { events, verified } = await house.contacts.history('e-1');
    expect(verified).toBe(true);
    expect(JSON.stringify(events.map(({ data }) => data))).not.toMatch(/gone@|7700900|token-of-ada/);
    const suppression = await house.suppressions.history(house.addressIds('email', 'gone@example.com'));
    expect(JSON.stringify(suppression.events.map(({ data }) => data))).not.toContain('gone@');
    expect(JSON.stringify((await house.pool.query('select * from documents.recipients_v1')).rows)).not.toMatch(/gone@|older@/);
  });

  it('takes the words out of what is looked up, and the feed with them', async () => {
    const body = { userId: 'e-3', to: { email: 'e3@example.com' }, content: { ...content, title: 'Private', body: 'matter' }, channels: ['email', 'in_app'] };
    const id = await ask(body);
    await outcomeOf(id);
    const settled = await house.notifications.waitUntil(
      id,
      (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => Object.keys(facts).length > 0),
      { timeoutMs: 60_000 },
    );
    const known = await get('feed/e-3', { 'x-after-position': String(settled?.position) });
    expect(known.body.data).toMatchObject([{ title: 'Private' }]);
    expect((await get(`notifications/${id}`, { 'x-after-position': String(settled?.position) })).body).toMatchObject({ to: { email: 'e3@example.com' } });

    const erased = await house.call('DELETE', '/api/v1/people/e-3');
    expect((await get('feed/e-3', seen(erased))).body.data).toEqual([]);
    const left = (await get(`notifications/${id}`, seen(erased))).body;
    expect(left).toMatchObject({ id, userId: 'e-3', status: 'delivered' });
    expect(JSON.stringify(left)).not.toMatch(/e3@|Private|matter|Hello/);
    expect((await house.call('DELETE', '/api/v1/people/e-3')).status).toBe(204);
    expect((await house.people.history('e-3')).events.map(({ type }) => type)).toEqual(['PersonErased', 'RecordsErased', 'RecordsErased']);
  });

  it('may be asked for again, and lets nobody come back under the same id', async () => {
    expect((await house.call('DELETE', '/api/v1/people/e-2')).status).toBe(204);
    expect((await house.call('DELETE', '/api/v1/people/e-2')).status).toBe(204);
    expect((await house.people.history('e-2')).events).toHaveLength(1);
    expect((await put('contacts/e-2', ada)).body).toMatchObject({ status: 409, code: 'person_erased' });
    expect(await outcome({ userId: 'e-2', to: { email: 'back@example.com' } })).toMatchObject({ reason: 'recipient_erased' });
  });
});
