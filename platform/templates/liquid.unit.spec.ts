import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { money } from './filters.ts';
import { renderer } from './liquid.ts';
import { localized, type Template, type TemplateChannels } from './template.ts';

const template = (email: NonNullable<TemplateChannels['email']>, more: Partial<Template> = {}): Template => ({
  key: 'test',
  version: 1,
  category: 'test',
  variables: Type.Object({}),
  locale: 'en',
  locales: {},
  channels: { email },
  ...more,
});
const html = async (source: string, data: Record<string, unknown> = {}) =>
  (await renderer().render(template({ subject: 's', html: source, text: 't' }), data, 'en')).email?.html;

describe('money', () => {
  it.each([
    [1_050, 'GBP', '£10.50'],
    [500, 'JPY', '¥500'],
    [1_234_567, 'KWD', 'KWD\u00a01,234.567'],
    [5, 'EUR', '€0.05'],
    [-5, 'EUR', '-€0.05'],
    [99_999_999_999, 'CLF', 'CLF\u00a09,999,999.9999'],
  ])('writes %i %s as %s', (amount, currency, text) => {
    expect(money(amount, currency, 'en')).toBe(text);
  });

  it('speaks the language of the text', () => {
    expect(money(123_450, 'EUR', 'de')).toBe('1.234,50\u00a0€');
  });

  it.each([
    [10.5, 'GBP'],
    ['10', 'GBP'],
    [10, 'XXX'],
    [10, undefined],
  ])('refuses %j %j', (amount, currency) => {
    expect(() => money(amount, currency, 'en')).toThrow('minor units');
  });
});

describe('rendering', () => {
  it('escapes HTML in HTML only', async () => {
    const name = '<img src=x onerror=alert(1)> & co';
    const { email } = await renderer().render(template({ subject: '{{ name }}', html: '<p title="{{ name }}">', text: '{{ name }}' }), { name }, 'en');
    expect(email?.html).toBe('<p title="&lt;img src=x onerror=alert(1)&gt; &amp; co">');
    expect(email?.text).toBe(`${name}\n`);
    expect(email?.subject).toBe(name);
  });

  it('keeps a subject on one line, whatever the variables hold', async () => {
    const { email } = await renderer().render(template({ subject: 'For {{ name }}', html: '', text: '' }), { name: 'Ada\r\nBcc: eve@example.com' }, 'en');
    expect(email?.subject).toBe('For Ada Bcc: eve@example.com');
  });

  it('throws for a variable, a filter or a file that is not there', async () => {
    await expect(html('{{ missing }}')).rejects.toThrow('missing');
    await expect(html('{{ "a" | shout }}')).rejects.toThrow('shout');
    await expect(html('{% include "/etc/passwd" %}')).rejects.toThrow('tag "include" not found');
    await expect(html('{{ name.constructor }}', { name: {} })).rejects.toThrow('constructor');
  });

  it('stops a template that runs away', async () => {
    await expect(html('{% for a in (1..1000) %}{% for b in (1..1000) %}{{ b }}{% endfor %}{% endfor %}')).rejects.toThrow('more than 20000 steps');
    await expect(html('{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}')).rejects.toThrow('more than 20000 steps');
    await expect(html('{% for a in (1..100000000) %}{% endfor %}')).rejects.toThrow('memory alloc limit');
    await expect(html('{% for a in (1..5000) %}{{ name }}{% endfor %}', { name: 'x'.repeat(100) })).rejects.toThrow('more than 200000');
  });

  it('falls back from the region to the language to the template’s own', async () => {
    const two = template({ subject: 'Hello', html: '', text: '' }, { locales: { de: { email: { subject: 'Hallo', html: '', text: '' } } } });
    expect(localized(two, 'de-AT')).toMatchObject({ locale: 'de', channels: { email: { subject: 'Hallo' } } });
    expect(localized(two, 'en-GB')).toMatchObject({ locale: 'en', channels: { email: { subject: 'Hello' } } });
    expect(localized(two, 'constructor')).toMatchObject({ locale: 'en' });
  });
});

describe('the channels', () => {
  const render = async (channels: Template['channels'], data: Record<string, unknown> = {}) =>
    renderer().render({ ...template({ subject: '', html: '', text: '' }), channels }, data, 'en');

  it('each have their texts', async () => {
    const texts = await render(
      {
        sms: { text: 'Parcel {{ id }}\n\n\n{% if late %}late{% endif %}\nis here ' },
        push: {
          title: 'Parcel\n{{ id }}',
          body: '{{ id }} is here',
          url: 'shop://parcels/{{ id }}',
          data: { parcel: '{{ id }}' },
          collapseKey: 'parcel-{{ id }}',
          ttlSeconds: 60,
        },
        in_app: { title: 'Parcel', body: '{{ id }}', url: '/parcels/{{ id }}' },
        chat: {
          text: '{{ id }} is <here>',
          title: 'Parcel',
          url: 'https://shop.example/{{ id }}',
          blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*{{ id }}*' } }],
        },
        webhook: {
          type: 'parcel.arrived',
          payload: { id: '{{ id }}', weight: '{{ weight }}', tags: '{{ tags }}', note: 'about {{ weight }} g', fixed: [1, null, true] },
        },
      },
      { id: '7<8>', weight: 1_200, tags: ['a', 'b'], late: false },
    );
    expect(texts).toEqual({
      sms: { text: 'Parcel 7<8>\n\nis here' },
      push: { title: 'Parcel 7<8>', body: '7<8> is here', url: 'shop://parcels/7<8>', data: { parcel: '7<8>' }, collapseKey: 'parcel-7<8>', ttlSeconds: 60 },
      in_app: { title: 'Parcel', body: '7<8>', url: '/parcels/7<8>' },
      chat: {
        text: '7<8> is <here>',
        title: 'Parcel',
        url: 'https://shop.example/7<8>',
        blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*7&lt;8&gt;*' } }],
      },
      webhook: { type: 'parcel.arrived', payload: { id: '7<8>', weight: 1_200, tags: ['a', 'b'], note: 'about 1200 g', fixed: [1, null, true] } },
    });
    expect((await render({ webhook: { payload: 'hello' } })).webhook).toEqual({ type: 'test', payload: 'hello' });
  });

  it('have no links that run a script', async () => {
    for (const url of ['javascript:alert(1)', ' JaVa\tScript:alert(1)', 'data:text/html,x', 'vbscript:x']) {
      await expect(html('<a href="{{ url }}">x</a>', { url })).rejects.toThrow('run a script');
      await expect(render({ in_app: { title: 't', body: 'b', url: '{{ url }}' } }, { url })).rejects.toThrow('run a script');
    }
    expect(await html('<a href="{{ url }}">javascript: no</a>', { url: 'https://shop.example/?a=javascript:1&b' })).toContain('a=javascript:1&amp;b');
  });

  it('are rendered only where they are wanted', async () => {
    const broken = template(
      { subject: 's', html: '<p>', text: '{{ missing }}' },
      { channels: { email: { subject: '{{ missing }}', html: '', text: '' }, sms: { text: 'Hi' } } },
    );
    expect(await renderer().render(broken, {}, 'en', undefined, ['sms', 'push'])).toEqual({ sms: { text: 'Hi' } });
    await expect(renderer().render(broken, {}, 'en')).rejects.toThrow('missing');
  });

  it('share one limit', async () => {
    const strings = (source: string) => Array.from({ length: 50 }, () => source);
    await expect(render({ webhook: { payload: strings('{% for a in (1..500) %}{{ a }}{% endfor %}') } })).rejects.toThrow('more than 20000 steps');
    await expect(render({ webhook: { payload: strings('{{ big }}') } }, { big: 'x'.repeat(5_000) })).rejects.toThrow('more than 200000 characters');
  });
});

describe('filters', () => {
  const shown = async (source: string, data: Record<string, unknown>, locale = 'en') => {
    const one = template({ subject: source, html: '', text: '' }, { locales: { de: {} }, locale: 'en' });
    return (await renderer().render(one, data, locale)).email?.subject;
  };
  const at = '2026-06-01T10:00:00.000Z';

  it('write times in the language and the time zone of the reader', async () => {
    expect(await shown('{{ at | moment }}', { at })).toBe('1 June 2026, 10:00 UTC');
    expect(await shown('{{ at | moment }}', { at }, 'de')).toBe('1. Juni 2026, 10:00 UTC');
    expect(await shown("{{ at | moment: 'Europe/Berlin' }}", { at }, 'de-AT')).toBe('1. Juni 2026, 12:00');
    expect(await shown('{{ at | day }}', { at: '2026-06-01' }, 'de')).toBe('1. Juni 2026');
    expect(await shown("{{ at | date: '%d.%m.%Y' }}", { at })).toBe('01.06.2026');
    await expect(shown('{{ at | day }}', { at: 'soon' })).rejects.toThrow('RFC 3339');
  });

  it('write numbers and their words', async () => {
    expect(await shown('{{ n | number }}', { n: 1_234.5 }, 'de')).toBe('1.234,5');
    expect(await shown('{{ n | number }}', { n: '12000' })).toBe('12,000');
    const items = "{{ n }} {{ n | plural: one: 'item', other: 'items' }}";
    expect(await shown(items, { n: 1 })).toBe('1 item');
    expect(await shown(items, { n: 0 })).toBe('0 items');
    await expect(shown('{{ n | number }}', { n: 'many' })).rejects.toThrow('takes a number');
    await expect(shown("{{ n | plural: one: 'item' }}", { n: 1 })).rejects.toThrow('the word for other');
    expect(await shown("{{ name | default: 'you' }}, {{ long | truncate: 8 }}", { long: 'a long sentence' })).toBe('you, a lon...');
  });

  it('do not depend on when they are asked, nor on chance', async () => {
    await expect(shown("{{ 'now' | date: '%Y' }}", {})).rejects.toThrow('does not depend on when');
    await expect(shown('{{ of | sample }}', { of: [1, 2] })).rejects.toThrow('undefined filter');
  });
});

describe('a layout', () => {
  const within = (html: string, text = '{{ content }}') =>
    template(
      { subject: 'For {{ name }}', html: '<p>{{ name }}</p>', text: 'To {{ name }}', preheader: 'About {{ name }}', layout: 'brand' },
      {
        layouts: { brand: { locale: 'en', frame: { html, text }, locales: { de: { html: 'DE {{ content }}', text: 'DE {{ content }}' } } } },
        locales: { de: {}, fr: {} },
      },
    );
  const email = async (one: Template, locale = 'en', unsubscribeUrl: string | null = null) =>
    (await renderer().render(one, { name: 'A & <B>' }, locale, { unsubscribeUrl })).email;

  it('goes around the words, which are HTML already, and knows subject and preheader', async () => {
    expect(
      await email(within('<title>{{ subject }}</title>{{ preheader }}|{{ content }}|{{ locale }} {{ category }}', '{{ content }}\n{{ subject }}')),
    ).toEqual({
      subject: 'For A & <B>',
      html: '<title>For A &amp; &lt;B&gt;</title>About A &amp; &lt;B&gt;|<p>A &amp; &lt;B&gt;</p>|en test',
      text: 'To A & <B>\nFor A & <B>\n',
    });
  });

  it('speaks the language that the words are in', async () => {
    expect((await email(within('{{ content }}'), 'de-AT'))?.html).toMatch(/^DE /);
    expect((await email(within('{{ content }}'), 'fr'))?.html).toMatch(/^<p>/);
    expect((await email(within('{{ content }}'), 'es'))?.html).toMatch(/^<p>/);
  });

  it('has a link to unsubscribe where there is one', async () => {
    const layout = within('{{ content }}{% if unsubscribeUrl %}<a href="{{ unsubscribeUrl }}">x</a>{% endif %}');
    expect((await email(layout))?.html).not.toContain('<a');
    expect((await email(layout, 'en', 'https://shop.example/u?a=1&b=2'))?.html).toContain('<a href="https://shop.example/u?a=1&amp;b=2">');
  });

  it('that is not there is an error', async () => {
    await expect(email({ ...within('{{ content }}'), layouts: {} })).rejects.toThrow('there is no layout brand');
  });

  it('is within the limits of the whole', async () => {
    await expect(email(within('{{ content }}{% for a in (1..20000) %}{{ a }}{% endfor %}'))).rejects.toThrow('more than 20000 steps');
  });
});

describe('a variable', () => {
  const variables = Type.Object({
    name: Type.Optional(Type.String()),
    tone: Type.String({ default: 'kind' }),
    of: Type.Optional(Type.Array(Type.Object({ a: Type.Optional(Type.String()) }))),
  });
  const subject = async (source: string, data: Record<string, unknown>) =>
    (await renderer().render(template({ subject: source, html: '', text: '' }, { variables }), data, 'en')).email?.subject;

  it('that the schema knows may be left out: it is its default, or nothing', async () => {
    expect(await subject('{{ tone }}{{ name }}{% if name %}!{% endif %}', {})).toBe('kind');
    expect(await subject('{% for one in of %}[{{ one.a }}]{% endfor %}', { of: [{ a: 'x' }, {}] })).toBe('[x][]');
    expect(await subject('{{ items }}{{ count }}{{ more }}', {})).toBe('');
    await expect(subject('{{ other }}', {})).rejects.toThrow('other');
  });
});
