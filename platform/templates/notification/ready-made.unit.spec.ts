import { describe, expect, it } from 'vitest';
import type { Texts } from '../../../domain/notification/texts.ts';
import { layoutFaults, messageFaults } from '../faults/template.ts';
import { renderer } from '../liquid.ts';
import { fixedTemplates, type Template } from '../template.ts';
import { wrongVariables } from '../variables.ts';
import { readyMade, readyMadeVersions } from './ready-made.ts';
import { samples } from './samples.fixture.ts';

const sampleOf = ({ key }: Template) => {
  const sample = samples[key];
  if (!sample) throw new Error(`there is no sample for ${key}`);
  return sample;
};
const named = (key: string): Template => {
  const found = readyMade.find((one) => one.key === key);
  if (!found) throw new Error(`${key} is gone`);
  return found;
};
const all = readyMade.map((one) => [one.key, one] as const);
const languages = ({ locale, locales }: Template) => [locale, ...Object.keys(locales)];
const strings = (texts: unknown): string[] =>
  typeof texts === 'string' ? [texts] : typeof texts === 'object' && texts !== null ? Object.values(texts).flatMap(strings) : [];
const render = (one: Template, data: Record<string, unknown>, locale = 'en'): Promise<Texts> => renderer().render(one, data, locale);

describe('a template that comes with the service', () => {
  it.each(all)('%s has no faults', (key) => {
    const content = readyMadeVersions.get(key)?.content;
    expect(content?.kind === 'message' ? messageFaults(content, (name) => name === 'standard') : content).toEqual([]);
  });

  it.each(all)('%s says all that it is given in each language, and does with the least', async (_, one) => {
    for (const data of Object.values(sampleOf(one))) {
      expect(wrongVariables(one.variables, data)).toEqual([]);
      for (const locale of languages(one)) {
        const texts = await render(one, data, locale);
        expect(texts.email?.subject).toMatch(/\S/);
        expect(strings(texts).filter((text) => /\{\{|\{%|undefined|null|\[object/.test(text))).toEqual([]);
        expect(texts.email?.html).toContain(`<html lang="${locale}">`);
        // Nothing that a mail reader would have to fetch.
        expect(texts.email?.html).not.toMatch(/\bsrc\s*=|url\(|@import|<link/i);
        expect(texts.email?.html).not.toMatch(/order <7>|Ada & Bob/);
      }
    }
  });

  it.each(all)('%s names what is missing', (_, one) => {
    const least = sampleOf(one).least;
    expect(
      wrongVariables(one.variables, { other: 1 })
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['data.other', ...Object.keys(least).map((name) => `data.${name}`)].sort());
  });

  it.each(all)('%s puts every variable into its e-mail', async (_, one) => {
    const { full } = sampleOf(one);
    const { email, sms } = await render(one, full);
    const shown = `${email?.subject}${email?.text}${sms?.text}`;
    // Times and amounts are written in words, and so is what is one of a few.
    const { properties } = one.variables as { properties: Record<string, { enum?: unknown; format?: string }> };
    const plain = Object.entries(full).filter(
      ([name, value]) =>
        typeof value === 'string' && !properties[name]?.enum && !/^date/.test(properties[name]?.format ?? '') && name !== 'currency' && name !== 'declineCode',
    );
    expect(plain.filter(([, value]) => !shown.includes(String(value)))).toEqual([]);
  });

  it.each(['payment_receipt', 'payment_refund', 'payment_failed'])('%s shows sum, order and time on its channels', async (key) => {
    const { email, in_app } = await render(named(key), sampleOf(named(key)).full, 'fr');
    for (const text of [email?.subject, email?.text, email?.html, in_app?.body]) expect(text).toContain('€104.50');
    expect(email?.text).toContain('1 June 2026, 10:00 UTC');
    expect(email?.html).toContain('order &lt;7&gt;');
    expect((await render(named(key), sampleOf(named(key)).full, 'de-AT')).in_app?.body).toContain('104,50\u00a0€');
    const least = (await render(named(key), sampleOf(named(key)).least)).email;
    expect(`${least?.text}${least?.html}`).not.toMatch(/Order:|>Order</);
  });

  it('never tells a customer that the card is called stolen', async () => {
    const text = async (declineCode: string) => strings(await render(named('payment_failed'), { ...samples.payment_failed?.least, declineCode }));
    expect(await text('stolen_card')).toEqual(await text('generic'));
    expect((await text('expired_card')).join()).toContain('expired');
  });

  it('binds a sign-in code to its site, so that telephones fill it in there', async () => {
    expect((await render(named('sign_in_code'), sampleOf(named('sign_in_code')).full)).sms?.text).toMatch(/\n\n@shop\.example #428913$/);
    expect((await render(named('sign_in_code'), sampleOf(named('sign_in_code')).least)).sms?.text).not.toContain('@');
  });

  it('digests what there is, and says what there is more', async () => {
    const one = named('digest');
    expect((await render(one, { items: [{ title: 'A' }], count: 1 })).email?.subject).toBe('1 message for you');
    const many = await render(one, { items: [{ title: 'A' }, { title: 'B', url: 'https://shop.example/b' }], count: 12, more: 10 }, 'de');
    expect(many.email).toMatchObject({ subject: '12 Nachrichten für Sie' });
    expect(many.email?.text).toContain('- A\n- B\n  https://shop.example/b\n\nUnd 10 weitere.');
    expect(many.push).toEqual({ title: '12 Nachrichten für Sie', body: 'B', url: null });
  });

  it('is found by key and version', async () => {
    const templates = fixedTemplates([...readyMade, { ...named('welcome'), version: 2 }]);
    expect((await templates.latest('welcome'))?.version).toBe(2);
    expect((await templates.version('welcome', 1))?.category).toBe('account');
    expect(await templates.latest('nothing')).toBeUndefined();
    expect(await templates.version('welcome', 3)).toBeUndefined();
  });
});

it('the standard layout has no faults', () => {
  const content = readyMadeVersions.get('layout:standard')?.content;
  expect(content?.kind === 'layout' ? layoutFaults(content) : content).toEqual([]);
});
