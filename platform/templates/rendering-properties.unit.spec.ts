import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { TemplateChannels } from '../../domain/notification/template.ts';
import { renderer } from './liquid.ts';
import { readyMade } from './notification/ready-made.ts';
import { samples } from './notification/samples.fixture.ts';
import type { Template } from './template.ts';

const template = (channels: TemplateChannels): Template => ({
  key: 'test',
  version: 1,
  category: 'test',
  variables: Type.Object({}),
  locale: 'en',
  locales: {},
  channels,
});
/** What somebody writes who wants to be more than a name. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '<script>',
        '-->',
        '</title>',
        '{{ other }}',
        '{% raw %}',
        '\r\nBcc: a@b.c',
        '\u2028',
        '\0',
        ' onload=',
        '<!channel>',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anything = fc.array(fc.integer({ min: 0, max: 0x2fff }), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes));
const count = (text: string | null | undefined, character: string) => (text ?? '').split(character).length - 1;

describe('whatever a variable holds', () => {
  it('it stays within its place in HTML', async () => {
    const html =
      '<title>{{ v }}</title><p title="{{ v }}" class=\'{{ v }}\'>{{ v }}{% for one in of %}<i>{{ one.v }}</i>{% endfor %}{% capture c %}{{ v }}{% endcapture %}{{ c }}</p>';
    const one = template({ email: { subject: 's', html, text: 't' } });
    await fc.assert(
      fc.asyncProperty(hostile, async (v) => {
        const { email } = await renderer().render(one, { v, of: [{ v }] }, 'en');
        for (const [character, times] of [
          ['<', 6],
          ['>', 6],
          ['"', 2],
          ["'", 2],
        ] as const)
          expect(count(email?.html, character)).toBe(times);
        expect(email?.html).not.toMatch(/&(?!amp;|lt;|gt;|#34;|#39;)/);
      }),
    );
  });

  it('the templates that come with the service keep their tags', async () => {
    const tags = (html: string | null | undefined) => (html ?? '').match(/<\/?[a-z!][a-z0-9]*/gi);
    for (const one of readyMade) {
      const data = samples[one.key]?.full ?? {};
      const free = Object.keys(data).filter((name) =>
        ['reference', 'name', 'shop', 'device', 'carrier', 'reason', 'provider', 'trackingNumber'].includes(name),
      );
      const plain = tags((await renderer().render(one, data, 'en')).email?.html);
      await fc.assert(
        fc.asyncProperty(hostile, async (v) => {
          const filled = Object.fromEntries(free.map((name) => [name, `x${v}`]));
          expect(tags((await renderer().render(one, { ...data, ...filled }, 'en')).email?.html)).toEqual(plain);
        }),
        { numRuns: 20 },
      );
    }
  });

  it('what becomes a header stays one line', async () => {
    const source = 'a {{ v }} b';
    const one = template({
      email: { subject: source, html: '', text: '' },
      push: { title: source, body: source },
      in_app: { title: source, body: source },
      chat: { text: 'x', title: source },
      webhook: { type: source, payload: null },
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, anything), async (v) => {
        const { email, push, in_app, chat, webhook } = await renderer().render(one, { v }, 'en');
        for (const line of [email?.subject, push?.title, push?.body, in_app?.title, chat?.title, webhook?.type])
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it('nobody is called in Slack, and plain text and payloads have it as it is', async () => {
    const one = template({
      sms: { text: '[{{ v }}]' },
      chat: { text: 'x', blocks: [{ text: '{{ v }}' }, { text: 'a {{ v }}' }] },
      webhook: { payload: { v: '{{ v }}' } },
    });
    await fc.assert(
      fc.asyncProperty(hostile, async (v) => {
        const { sms, chat, webhook } = await renderer().render(one, { v }, 'en');
        expect(JSON.stringify(chat?.blocks)).not.toMatch(/[<>]/);
        expect(webhook?.payload).toEqual({ v });
        expect(sms?.text.replace(/\s+/g, '')).toBe(`[${v}]`.replace(/\s+/g, ''));
      }),
    );
  });

  it('it gets into nobody else’s message', async () => {
    const text = '{% assign mine = v %}{% capture kept %}{{ mine }}{% endcapture %}{% increment n %}{% cycle "a", "b" %}{{ kept }}';
    const one = template({ sms: { text }, email: { subject: text, html: text, text } });
    const shared = renderer();
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 2, maxLength: 6 }), async (values) => {
        const together = await Promise.all(values.map((v) => shared.render(one, { v }, 'en')));
        const alone = await Promise.all(values.map((v) => renderer().render(one, { v }, 'en')));
        expect(together).toEqual(alone);
        expect(await Promise.all(values.map((v) => shared.render(one, { v }, 'en')))).toEqual(alone);
      }),
    );
  });
});

describe('a variable that was written to cost time', () => {
  it.each([
    ['spaces', `${' '.repeat(180_000)}x`],
    ['tabs and links', `href=${'\t '.repeat(80_000)}"`],
    ['empty lines', '\n \n'.repeat(50_000)],
  ])('costs none: %s', async (_, v) => {
    const started = performance.now();
    const one = (channels: TemplateChannels) =>
      renderer()
        .render(template(channels), { v }, 'en')
        .catch(() => undefined);
    await one({ sms: { text: '{{ v }}' } });
    await one({ email: { subject: '', html: '{{ v }}', text: '' } });
    await one({ in_app: { title: '{{ v }}', body: '', url: '{{ v }}' } });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('a template that runs away', () => {
  const piece: fc.Arbitrary<string> = fc.letrec<{ piece: string }>((tie) => ({
    piece: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        '{{ v }}',
        'x',
        '{{ v | append: v | append: v }}',
        '{% assign v = v | append: v %}',
        '{{ (1..100000) | size }}',
        '{% increment n %}',
        '{{ v | split: "" | join: "," }}',
      ),
      fc.tuple(tie('piece'), fc.integer({ min: 1, max: 1_000_000 })).map(([inner, n]) => `{% for i in (1..${n}) %}${inner}{% endfor %}`),
      fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => `${a}${b}`),
      tie('piece').map((inner) => `{% capture c %}${inner}{% endcapture %}{{ c }}{{ c }}`),
      tie('piece').map((inner) => `{% tablerow i in (1..5000) %}${inner}{% endtablerow %}`),
    ),
  })).piece;

  it('ends, with what it says or with the limit that it met', async () => {
    await fc.assert(
      fc.asyncProperty(piece, async (source) => {
        const started = performance.now();
        const rendered = renderer().render(template({ email: { subject: source, html: source, text: source } }), { v: '<&>'.repeat(50) }, 'en');
        const outcome = await rendered.then(
          ({ email }) => (email?.html?.length ?? 0) + (email?.text?.length ?? 0),
          (error: unknown) => String(error),
        );
        expect(typeof outcome === 'number' ? outcome <= 200_000 : outcome).toEqual(
          typeof outcome === 'number' ? true : expect.stringMatching(/limit|more than/),
        );
        expect(performance.now() - started).toBeLessThan(20_000);
      }),
      { numRuns: 150 },
    );
  });
});
