import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { money, renderer } from './liquid.ts';
import { readyMade } from './notification/ready-made.ts';
import { fixedTemplates, localized, type Template } from './template.ts';
import { wrongVariables } from './variables.ts';

const template = (email: { subject: string; html: string; text: string }, more: Partial<Template> = {}): Template => ({
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
    await expect(html('{% include "/etc/passwd" %}')).rejects.toThrow('ENOENT');
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

describe('the ready-made templates', () => {
  const about = { paymentId: 'p1', amount: 1_050, currency: 'GBP', reference: 'order <7>', name: 'Ada & Bob' };
  const times = { payment_receipt: 'paidAt', payment_refund: 'refundedAt', payment_failed: 'failedAt' } as Record<string, string>;
  const at = '2026-06-01T10:00:00.000Z';
  const toCustomers = readyMade.filter(({ category }) => category === 'payments');

  it.each(toCustomers.map((one) => [one.key, one] as const))('%s shows the sum and the order on every channel', async (key, one) => {
    const data = { ...about, [times[key] ?? '']: at };
    expect(wrongVariables(one.variables, data)).toEqual([]);
    const { email, in_app } = await renderer().render(one, data, 'fr');
    for (const text of [email?.subject, email?.text, email?.html, in_app?.body]) expect(text).toContain('£10.50');
    expect(email?.text).toContain('order <7>');
    expect(email?.text).toContain('1 June 2026, 10:00 UTC');
    expect(email?.html).toContain('order &lt;7&gt;');
    expect(email?.html).not.toContain('Ada & Bob');
    expect(in_app?.url).toBeNull();
    expect(`${email?.html}${email?.text}`).not.toMatch(/\{\{|\{%/);
  });

  it.each(toCustomers.map((one) => [one.key, one] as const))('%s does with the least that it needs, and names what is missing', async (key, one) => {
    const least = { paymentId: 'p1', amount: 5, currency: 'JPY', [times[key] ?? '']: at };
    const { email } = await renderer().render(one, least, 'en');
    expect(email?.text).not.toContain('Order:');
    expect(email?.html).not.toContain('>Order<');
    expect(
      wrongVariables(one.variables, { amount: 5, currency: 'JPY', other: 1 })
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['data.other', 'data.paymentId', `data.${times[key]}`].sort());
  });

  it('never tells a customer that the card is called stolen', async () => {
    const failed = readyMade.find(({ key }) => key === 'payment_failed');
    if (!failed) throw new Error('payment_failed is gone');
    const text = async (declineCode: string) => (await renderer().render(failed, { ...about, failedAt: at, declineCode }, 'en')).in_app?.body;
    expect(await text('stolen_card')).toBe(await text('generic'));
    expect(await text('expired_card')).toContain('expired');
  });

  it('are found by key and version', async () => {
    const templates = fixedTemplates([...readyMade, { ...template({ subject: '', html: '', text: '' }), key: 'payment_receipt', version: 2 }]);
    expect((await templates.latest('payment_receipt'))?.version).toBe(2);
    expect((await templates.version('payment_receipt', 1))?.category).toBe('payments');
    expect(await templates.latest('nothing')).toBeUndefined();
    expect(await templates.version('payment_receipt', 3)).toBeUndefined();
  });
});
