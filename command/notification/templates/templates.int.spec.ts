import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationHouse } from '../../../test/support/notification-house.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse();
});
afterAll(async () => {
  await house.close();
});

const url = '/api/v1/templates';
const parcel = {
  category: 'orders',
  channels: {
    email: { subject: 'Parcel {{ id }}', html: '<p>{{ name }}, it is on its way.</p>', text: '{{ name }}, it is on its way.' },
    sms: { text: 'Parcel {{ id }} is on its way.' },
    in_app: { title: 'On its way', body: '{{ id }}', url: '/parcels/{{ id }}' },
  },
  variables: {
    type: 'object',
    properties: { id: { type: 'string', minLength: 1 }, name: { type: 'string' } },
    required: ['id', 'name'],
    additionalProperties: false,
  },
  locales: { de: { sms: { text: 'Paket {{ id }} ist unterwegs.' } } },
};
const data = { id: 'P7', name: 'Ada <3' };
const created = async (key: string, more: object = {}) => {
  const answer = await house.call('POST', url, { key, ...parcel, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer;
};

describe('a template', () => {
  it('is created, read, and replaced by new versions', async () => {
    const first = await created('parcel_a');
    expect(first.headers.get('location')).toBe(`${url}/parcel_a`);
    expect(first.body).toMatchObject({ key: 'parcel_a', version: 1, locale: 'en', layouts: {}, ...parcel });
    expect(await house.call('POST', url, { key: 'parcel_a', ...parcel })).toMatchObject({ status: 409, body: { code: 'template_exists' } });

    const changed = { ...parcel, category: 'parcels', digest: { windowSeconds: 600, cap: 20 } };
    const second = await house.call('PUT', `${url}/parcel_a`, { ...changed, replacing: 1 });
    expect(second).toMatchObject({ status: 200, body: { version: 2, category: 'parcels', digest: { windowSeconds: 600, cap: 20 } } });
    expect((await house.call('PUT', `${url}/parcel_a`, changed)).body).toEqual(second.body);
    expect(await house.call('PUT', `${url}/parcel_a`, { ...parcel, replacing: 1 })).toMatchObject({ status: 409, body: { code: 'template_changed' } });

    expect((await house.call('GET', `${url}/parcel_a`)).body).toEqual(second.body);
    expect((await house.call('GET', `${url}/parcel_a?version=1`)).body).toEqual(first.body);
    expect(await house.call('GET', `${url}/parcel_a?version=3`)).toMatchObject({ status: 404, body: { code: 'template_not_found' } });
    expect(await house.call('GET', `${url}/parcel_none`)).toMatchObject({ status: 404, body: { code: 'template_not_found' } });
    expect(await house.call('PUT', `${url}/parcel_none`, parcel)).toMatchObject({ status: 404, body: { code: 'template_not_found' } });

    const versions = await house.call('GET', `${url}/parcel_a/versions?limit=1`);
    expect(versions.body).toMatchObject({ data: [{ version: 2, publishedBy: 'key:admin' }], nextCursor: '2' });
    expect((await house.call('GET', `${url}/parcel_a/versions?cursor=2`)).body).toMatchObject({ data: [{ version: 1 }], nextCursor: null });
    const history = await house.call('GET', `${url}/parcel_a/events`);
    expect(history.body).toMatchObject({ verified: true, data: [{ type: 'TemplatePublished', revision: 0 }, { revision: 1 }] });
  });

  it('is created once for one Idempotency-Key', async () => {
    const once = { 'idempotency-key': 'parcel-b' };
    const first = await house.call('POST', url, { key: 'parcel_b', ...parcel }, once);
    await house.call('PUT', `${url}/parcel_b`, { ...parcel, category: 'parcels' });
    const again = await house.call('POST', url, { key: 'parcel_b', ...parcel }, once);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await house.call('POST', url, { key: 'parcel_b', ...parcel, category: 'x' }, once)).toMatchObject({ body: { code: 'idempotency_key_reused' } });
  });

  it('that is wrong is refused with all that is wrong', async () => {
    const wrong = {
      ...parcel,
      key: 'parcel_wrong',
      channels: { email: { subject: 'a\nb', html: '<a href={{ id }}>', text: '{{ nobody }}' }, sms: { text: '\n{% oops %}' } },
      locales: {},
    };
    const answer = await house.call('POST', url, wrong);
    expect(answer).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(answer.body.errors).toEqual([
      { path: 'channels.email.subject', message: 'must be one line, without control characters' },
      { path: 'channels.email.html', message: 'line 1: an output within a tag must stand in the quotes of an attribute: title="{{ … }}"' },
      { path: 'channels.email.text', message: 'line 1: the variable nobody is not in the schema' },
      { path: 'channels.sms.text', message: 'line 2: tag "oops" not found' },
    ]);
    expect(await house.call('POST', url, { ...wrong, channels: {} })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await house.call('POST', url, { ...wrong, locales: { 'not a tag': {} } })).toMatchObject({ status: 400 });
    expect(await house.call('POST', url, { ...parcel, key: 'Parcel' })).toMatchObject({ status: 400, body: { errors: [{ path: 'key' }] } });
    expect(await house.call('POST', url, { ...parcel, key: 'p', digest: { windowSeconds: 1, cap: 0 } })).toMatchObject({ status: 400 });
    expect((await house.call('GET', `${url}/parcel_wrong`)).status).toBe(404);
  });

  it('is listed by key, among those that come with the service', async () => {
    const { headers } = await created('aa_first');
    const all: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await house.call('GET', `${url}?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`, undefined, {
        'x-after-position': headers.get('x-position') ?? '',
      });
      expect(page.body.data.length).toBeLessThanOrEqual(3);
      all.push(...page.body.data.map(({ key }: { key: string }) => key));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(all).toEqual([...all].sort());
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining(['aa_first', 'payment_receipt', 'payment_failed']));
    const of = await house.call('GET', `${url}?category=payments`);
    expect(of.body.data.every((row: { category: string }) => row.category === 'payments')).toBe(true);
    expect(await house.call('GET', `${url}?cursor=nonsense`)).toMatchObject({ status: 400 });
  });
});

describe('the documentation', () => {
  it('has an example that works', async () => {
    const text = await readFile(new URL('../../../docs/templates.md', import.meta.url), 'utf8');
    const example = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '');
    expect((await house.call('POST', url, example)).status).toBe(201);
    const seen = await house.call('POST', `${url}/${example.key}/preview`, {
      data: { reference: 'R7', currency: 'EUR', items: [{ title: 'Boots', price: 8_950 }] },
      locale: 'de',
    });
    expect(seen.body.texts).toMatchObject({ sms: { text: 'Bestellung R7 ist gepackt.' }, email: { text: expect.stringContaining('- Boots: 89,50\u00a0€') } });
    expect(seen.body.texts.email.html).toContain('1 thing, on the way tomorrow');
  });
});

describe('a preview', () => {
  const preview = (key: string, body: unknown) => house.call('POST', `${url}/${key}/preview`, body);

  it('shows what would be said on each channel', async () => {
    await created('parcel_seen');
    const seen = await preview('parcel_seen', { data });
    expect(seen.status, JSON.stringify(seen.body)).toBe(200);
    expect(seen.body).toEqual({
      key: 'parcel_seen',
      version: 1,
      locale: 'en',
      texts: {
        email: { subject: 'Parcel P7', html: '<p>Ada &lt;3, it is on its way.</p>', text: 'Ada <3, it is on its way.\n' },
        sms: { text: 'Parcel P7 is on its way.', encoding: 'gsm7', units: 24, segments: 1 },
        in_app: { title: 'On its way', body: 'P7', url: '/parcels/P7' },
      },
    });
    expect((await preview('parcel_seen', { data, locale: 'de-AT', channels: ['sms'] })).body).toMatchObject({
      locale: 'de',
      texts: { sms: { text: 'Paket P7 ist unterwegs.' } },
    });
    expect(await preview('parcel_seen', { data, channels: ['push'] })).toMatchObject({ status: 422, body: { code: 'no_content' } });
    expect(await preview('parcel_seen', { data, version: 2 })).toMatchObject({ status: 404 });
    expect(await preview('parcel_seen', {})).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_variables',
        errors: [
          { path: 'data.id', message: 'is required' },
          { path: 'data.name', message: 'is required' },
        ],
      },
    });
  });

  it('shows a draft that nobody has published', async () => {
    const draft = { category: 'orders', channels: { sms: { text: 'Hello {{ who }}' } } };
    expect((await preview('draft_only', { draft, data: { who: 'Ada' } })).body).toMatchObject({ version: null, texts: { sms: { text: 'Hello Ada' } } });
    expect(await preview('draft_only', { draft })).toMatchObject({ status: 422, body: { errors: [{ path: 'data.who', message: 'is required' }] } });
    expect(await preview('draft_only', { draft: { ...draft, channels: { sms: { text: '{% if %}' } } } })).toMatchObject({
      status: 422,
      body: { code: 'template_invalid' },
    });
    expect(await preview('draft_only', { draft, version: 1 })).toMatchObject({ status: 400 });
    const endless = { ...draft, channels: { sms: { text: '{% for a in (1..1000) %}{% for b in (1..1000) %}x{% endfor %}{% endfor %}' } } };
    const stopped = await preview('draft_only', { draft: endless });
    expect(stopped).toMatchObject({ status: 422, body: { code: 'template_not_rendered' } });
    expect(stopped.body.detail).toContain('20000 steps');
  });
});

describe('a layout', () => {
  const layouts = '/api/v1/layouts';
  const brand = { html: '<title>{{ subject }}</title><i>{{ preheader }}</i><main>{{ content }}</main>', text: '{{ content }}\n-- Shop' };
  const withLayout = { email: { ...parcel.channels.email, layout: 'brand', preheader: 'For {{ name }}' } };
  const html = async (key: string, version?: number) =>
    (await house.call('POST', `${url}/${key}/preview`, { data, ...(version !== undefined && { version }) })).body.texts.email;

  it('goes around an e-mail, in the version that it was published with, until it is rolled out', async () => {
    expect(await house.call('POST', url, { key: 'parcel_c', ...parcel, channels: withLayout, locales: {} })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'channels.email.layout', message: 'there is no layout brand' }] },
    });
    expect(await house.call('POST', layouts, { key: 'brand', ...brand })).toMatchObject({ status: 201, body: { key: 'brand', version: 1, ...brand } });
    expect(await house.call('POST', layouts, { key: 'brand', ...brand })).toMatchObject({ status: 409 });
    expect((await created('parcel_c', { channels: withLayout, locales: {} })).body.layouts).toEqual({ brand: 1 });
    expect(await html('parcel_c')).toEqual({
      subject: 'Parcel P7',
      html: '<title>Parcel P7</title><i>For Ada &lt;3</i><main><p>Ada &lt;3, it is on its way.</p></main>',
      text: 'Ada <3, it is on its way.\n-- Shop\n',
    });

    const next = { html: '<header>New</header>{{ content }}', text: '{{ content }}' };
    const published = await house.call('PUT', `${layouts}/brand`, { ...next, replacing: 1 });
    expect(published.body).toMatchObject({ version: 2 });
    expect((await html('parcel_c')).html).toContain('<main>');
    const rolled = await house.call('POST', `${layouts}/brand/roll-out`, undefined, { 'x-after-position': published.headers.get('x-position') ?? '' });
    expect(rolled).toMatchObject({ status: 200, body: { version: 2, published: [{ key: 'parcel_c', version: 2 }] } });
    expect((await html('parcel_c')).html).toContain('<header>New</header>');
    expect((await html('parcel_c', 1)).html).toContain('<main>');
    expect((await house.call('POST', `${layouts}/brand/roll-out`)).body.published).toEqual([]);

    expect((await house.call('GET', `${layouts}/brand?version=1`)).body).toMatchObject(brand);
    expect((await house.call('GET', `${layouts}/brand/versions`)).body.data).toHaveLength(2);
    expect((await house.call('GET', `${layouts}/brand/events`)).body).toMatchObject({ verified: true, data: [{}, {}] });
    const listed = await house.call('GET', layouts, undefined, { 'x-after-position': published.headers.get('x-position') ?? '' });
    expect(listed.body.data).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'brand', version: 2, category: null })]));
    expect(await house.call('GET', `${layouts}/none`)).toMatchObject({ status: 404 });
    expect(await house.call('POST', `${layouts}/none/roll-out`)).toMatchObject({ status: 404 });
    expect(await house.call('POST', layouts, { key: 'empty', html: '<p>', text: '{{ content }}' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'html' }] },
    });
  });
});

describe('what comes with the service', () => {
  it('is there from the start, and goes on counting where somebody publishes over it', async () => {
    const ready = await house.call('GET', `${url}/payment_refund`);
    expect(ready.body).toMatchObject({ version: 1, category: 'payments', publishedAt: null });
    expect((await house.call('GET', `${url}/payment_refund/events`)).body).toEqual({ data: [], verified: true });
    expect(await house.call('GET', `${url}/payment_none/events`)).toMatchObject({ status: 404, body: { code: 'template_not_found' } });
    expect(await house.call('POST', url, { key: 'payment_refund', ...parcel })).toMatchObject({ status: 409 });
    const { key: _, version: __, publishedAt: ___, layouts: ____, ...content } = ready.body;
    const sms = { text: 'Refunded {{ amount | money: currency }}' };
    const answer = await house.call('PUT', `${url}/payment_refund`, { ...content, channels: { ...content.channels, sms }, replacing: 1 });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body.version).toBe(2);
    expect((await house.templates.latest('payment_refund'))?.version).toBe(2);
    expect((await house.templates.version('payment_refund', 1))?.channels.sms).toBeUndefined();
    expect((await house.call('GET', `${url}/payment_refund/versions`)).body.data.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  });
});

describe('a notification', () => {
  it('is made from the newest version, and names it', async () => {
    await created('parcel_sent');
    await house.call('PUT', `${url}/parcel_sent`, { ...parcel, channels: { ...parcel.channels, sms: { text: '{{ id }}!' } } });
    const asked = await house.call('POST', '/api/v1/notifications', { to: { phone: '+4915112345678' }, template: 'parcel_sent', data, channels: ['sms'] });
    expect(asked.status, JSON.stringify(asked.body)).toBe(202);
    expect(asked.body).toMatchObject({ template: 'parcel_sent', templateVersion: 2 });
  });

  it('speaks the language that was asked for, else the person’s own', async () => {
    await created('parcel_spoken');
    await house.call('PUT', '/api/v1/contacts/u-de', { phone: '+4915112345678', locale: 'de-AT' });
    const said = async (more: object) => {
      const asked = await house.call('POST', '/api/v1/notifications', { userId: 'u-de', template: 'parcel_spoken', data, channels: ['sms'], ...more });
      expect(asked.status, JSON.stringify(asked.body)).toBe(202);
      await house.notifications.waitUntil(asked.body.id, (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => facts.sent), {
        timeoutMs: 30_000,
      });
      const { body } = await house.call('GET', '/api/v1/outbox?limit=20');
      return body.data.find(({ notificationId }: { notificationId: string }) => notificationId === asked.body.id)?.text;
    };
    expect(await said({})).toBe('Paket P7 ist unterwegs.');
    expect(await said({ locale: 'en' })).toBe('Parcel P7 is on its way.');
    await house.call('PUT', '/api/v1/preferences/u-de', { locale: 'en-GB' });
    expect(await said({})).toBe('Parcel P7 is on its way.');
  });

  it('by e-mail has the link to unsubscribe that its header has', async () => {
    const asked = await house.call('POST', '/api/v1/notifications', {
      userId: 'u-welcome',
      to: { email: 'welcome@example.com' },
      template: 'welcome',
      data: { url: 'https://shop.example/account', name: 'Ada' },
      channels: ['email'],
    });
    const pending = (kinds: object) => Object.keys(kinds).length === 0;
    await house.notifications.waitUntil(asked.body.id, (state) => state.status === 'requested' && !state.deliveries.some(({ facts }) => pending(facts)), {
      timeoutMs: 30_000,
    });
    const { body } = await house.call('GET', '/api/v1/outbox?limit=20');
    const mail = body.data.find(({ notificationId }: { notificationId: string }) => notificationId === asked.body.id);
    const link = /<a class="faint" href="([^"]+)"[^>]*>Unsubscribe</.exec(mail.html)?.[1]?.replaceAll('&amp;', '&');
    expect(link).toMatch(/^http:\/\/.*unsubscribe/);
    expect(mail.text).toContain(`Unsubscribe: ${link}`);
    const page = await fetch(String(link));
    expect(page.status).toBe(200);
  });
});
