import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayoutTemplate, MessageTemplate } from '../../../domain/notification/template.ts';
import { htmlFaults } from './html.ts';
import { patternFault } from './pattern.ts';
import { schemaFaults } from './schema.ts';
import { inferredVariables, layoutFaults, messageFaults } from './template.ts';
import { unknownPart } from './variables.ts';

const message = (channels: MessageTemplate['channels'], more: Partial<MessageTemplate> = {}): MessageTemplate => ({
  kind: 'message',
  category: 'orders',
  variables: {
    type: 'object',
    properties: { name: { type: 'string' }, items: { type: 'array', items: { type: 'object', properties: { title: { type: 'string' } } } } },
  },
  locale: 'en',
  locales: {},
  channels,
  layouts: {},
  ...more,
});
const faults = (channels: MessageTemplate['channels'], more: Partial<MessageTemplate> = {}) =>
  messageFaults(message(channels, more), (name) => name === 'standard');

describe('a template', () => {
  it('that is right has no faults', () => {
    expect(
      faults(
        {
          email: {
            subject: 'Hi {{ name }}',
            html: '<p title="{{ name }}">{% for item in items %}{{ item.title }}{% endfor %}</p>',
            text: '{{ items.size }}',
            layout: 'standard',
          },
          webhook: { payload: { first: '{{ items[0].title }}', all: ['{{ items }}'], n: 1 } },
        },
        { locales: { de: { email: { subject: 'Hallo', html: '', text: '', layout: 'standard' } } } },
      ),
    ).toEqual([]);
  });

  it('says where and why a source cannot be read', () => {
    expect(faults({ sms: { text: 'a\n{% foo %}' } })).toEqual([{ path: 'channels.sms.text', message: 'line 2: tag "foo" not found' }]);
    expect(faults({ sms: { text: '{{ name | shout }}' } })).toEqual([{ path: 'channels.sms.text', message: 'line 1: undefined filter: shout' }]);
    expect(faults({ sms: { text: '\n\n{% if name %}' } })).toEqual([{ path: 'channels.sms.text', message: 'line 3: tag {% if name %} not closed' }]);
    expect(faults({ sms: { text: '{% include "x" %}' } })).toEqual([{ path: 'channels.sms.text', message: 'line 1: tag "include" not found' }]);
    expect(faults({ chat: { text: 'x', blocks: [{ text: { text: '{{ a' } }] } })).toEqual([
      { path: 'channels.chat.blocks.0.text.text', message: 'line 1: output "{{ a" not closed' },
    ]);
    expect(faults({ push: { title: 't', body: 'b', data: { order: '{{ | }}{{' } } })[0]).toMatchObject({ path: 'channels.push.data.order' });
  });

  it('knows its variables', () => {
    expect(faults({ sms: { text: 'x\n{{ nam }} {{ items[0].tile }} {{ name.first_name }}' } })).toEqual([
      { path: 'channels.sms.text', message: 'line 2: the variable nam is not in the schema' },
      { path: 'channels.sms.text', message: 'line 2: the variable items.0.tile is not in the schema' },
      { path: 'channels.sms.text', message: 'line 2: the variable name.first_name is not in the schema' },
    ]);
    expect(faults({ sms: { text: '{{ unsubscribeUrl }}{% assign a = name %}{{ a }}{{ items.first.title }}{{ name.size }}{{ items[n].title }}' } })).toEqual([
      { path: 'channels.sms.text', message: 'line 1: the variable n is not in the schema' },
    ]);
  });

  it('that gathers notifications knows them', () => {
    const digest = { windowSeconds: 60, cap: 5 };
    const text = '{% if count > 1 %}{% for item in items %}{{ item.who }}{% endfor %}{{ more }}{% else %}{{ who }}{% endif %}';
    const variables = { type: 'object', properties: { who: {} }, required: ['who'], additionalProperties: false };
    expect(faults({ sms: { text } }, { variables, digest })).toEqual([]);
    expect(faults({ sms: { text } }, { variables })).toHaveLength(3);
    expect(inferredVariables({ channels: { sms: { text } }, locales: {}, digest })).toEqual(variables);
  });

  it('has one line where there can be one only', () => {
    const one = { path: '', message: 'must be one line, without control characters' };
    expect(faults({ email: { subject: 'a\nb', html: '', text: '', preheader: 'a\rb' }, in_app: { title: 'a\u2028b', body: 'b\nb', url: '\t' } })).toEqual([
      { ...one, path: 'channels.email.subject' },
      { ...one, path: 'channels.email.preheader' },
      { ...one, path: 'channels.in_app.title' },
      { ...one, path: 'channels.in_app.url' },
    ]);
  });

  it('names languages, layouts and channels that there are', () => {
    expect(
      faults(
        { sms: { text: 'x' }, email: { subject: '', html: '', text: '', layout: 'other' } },
        { locale: 'en', locales: { EN: {}, 'de-1': {}, fr: { chat: { text: 'x' }, email: { subject: '', html: '', text: '', layout: 'autre' } } } },
      ),
    ).toEqual([
      { path: 'locales.de-1', message: 'is no language tag (BCP 47)' },
      { path: 'locales.EN', message: 'is a language that is there already' },
      { path: 'locales.fr.chat', message: 'is a channel that the template itself does not have' },
      { path: 'channels.email.layout', message: 'there is no layout other' },
      { path: 'locales.fr.email.layout', message: 'there is no layout autre' },
    ]);
  });

  it('whose schema is wrong is told that first', () => {
    expect(faults({ sms: { text: '{{ a }}' } }, { variables: { type: 'string' } })).toEqual([
      { path: 'variables', message: 'must be a JSON Schema of an object: { "type": "object", "properties": … }' },
    ]);
  });

  it('without a schema needs every variable that it reads', () => {
    expect(
      inferredVariables({
        channels: { sms: { text: '{{ b.c }}{% if a %}{{ unsubscribeUrl }}{% endif %}' }, email: { subject: '{{ a }}', html: '{{', text: '' } },
        locales: {},
      }),
    ).toEqual({
      type: 'object',
      properties: { a: {}, b: {} },
      required: ['a', 'b'],
      additionalProperties: false,
    });
  });
});

describe('a template that was written to cost time', () => {
  const quick = (what: () => unknown) => {
    const started = performance.now();
    what();
    expect(performance.now() - started).toBeLessThan(20_000);
  };
  const long = 90_000;

  it.each([
    ['quotes', '<p '.padEnd(long, 'a="" ')],
    ['open tags', '<a'.repeat(long / 2)],
    ['spaces', `<a href=${' '.repeat(long)}`],
    ['comments', '<!--'.repeat(long / 4)],
    ['scripts', '<script>'.repeat(long / 8)],
    ['nested tags', '{% if name %}'.repeat(long / 13)],
    ['outputs', '{{ name }}'.repeat(long / 10)],
    ['as many outputs as there may be', '{{ name }}'.repeat(200).padEnd(long, '\n')],
    ['outputs at the end', '{{ name }}'.repeat(200).padStart(long, '\n')],
    ['filters', `{{ name${' | upcase'.repeat(long / 9)} }}`],
    ['open braces', '{{'.repeat(long / 2)],
    ['brackets', `{{ items${'[0]'.repeat(long / 3)} }}`],
    ['parentheses', `{{ ${'('.repeat(long)} }}`],
  ])('is told its faults soon: %s', (_, html) => quick(() => faults({ email: { subject: 's', html, text: html } })));
});

describe('a layout', () => {
  const layout = (html: string, text = '{{ content }}', more: Partial<LayoutTemplate> = {}) =>
    layoutFaults({ kind: 'layout', locale: 'en', frame: { html, text }, locales: {}, ...more });

  it('says where the words go, and reads what layouts know', () => {
    expect(layout('<title>{{ subject }}</title>{{ preheader }}{{ content }}{% if unsubscribeUrl %}<a href="{{ unsubscribeUrl }}">x</a>{% endif %}')).toEqual(
      [],
    );
    expect(layout('<p>', '{{ contents }}')).toEqual([
      { path: 'html', message: 'must say where the words go: {{ content }}' },
      { path: 'text', message: 'line 1: the variable contents is not in the schema' },
    ]);
    expect(layout('{{ content }}', '{{ content }}', { locales: { de: { html: '{% x %}', text: '{{ content }}' } } })).toEqual([
      { path: 'locales.de.html', message: 'line 1: tag "x" not found' },
    ]);
  });
});

describe('an output in HTML', () => {
  const inside = (html: string) => htmlFaults(html).map(({ message }) => message.split(' ').slice(0, 6).join(' '));

  it.each([
    '<p>{{ a }}</p>',
    '<p title="{{ a }}" class=\'{{ a }}\'>',
    '<a {% if a %}href="{{ a }}"{% else %}href="{{ b }}"{% endif %}>x</a>',
    '<!-- {{ a }} --> {{ a }}',
    '{% raw %}<a {{ a }}{% endraw %}>',
    '<script>let a = "<p title=";</script>{{ a }}',
    '2 < 3 {{ a }}',
    '<br/>{{ a }}<td align=center>{{ a }}',
    '<style>p { color: red }</style>{{ a }}',
  ])('may stand in %s', (html) => expect(inside(html)).toEqual([]));

  it.each([
    '<a href={{ a }}>',
    '<a {{ a }}>',
    '<{{ a }}>x'.replace('<{{', '<a{{'),
    '<a title="x" {{ a }}="y">',
    '<p class=x{% echo a %}>',
    '<a href= {{ a }}>',
  ])('needs quotes in %s', (html) => expect(inside(html)).toEqual(['an output within a tag must']));

  it('is not code', () => {
    expect(inside('<script>let a = "{{ a }}";</script>')).toEqual(['an output cannot stand within a']);
    expect(inside('<p onclick="go(\'{{ a }}\')">')).toEqual(['an output cannot stand in onclick,']);
  });
});

describe('a pattern', () => {
  it.each([
    '^[A-Z]{3}$',
    '[0-9]',
    '^[a-z0-9]+$',
    '^(?:a|b|c){1,5}$',
    '^\\p{L}{1,40}(-\\p{L}{1,40})?$',
    '^(?<year>\\d{4})-\\d{2}$',
    '^[^\\]x]*$',
    '^a{2,}$',
    '^\\u{1F600}\\x41\\u0041\\cA$',
    '^a*?b',
    '',
  ])('may be %s', (pattern) => expect(patternFault(pattern)).toBeUndefined());

  it.each([
    ['^(a+)+$', 'run away'],
    ['^(a|a)*$', 'run away'],
    ['a+$', 'begin it with ^'],
    ['^a*a*a*$', 'run away'],
    [`^${'a?'.repeat(30)}${'a'.repeat(30)}$`, 'run away'],
    [`^${'(a|a)'.repeat(30)}$`, 'run away'],
    ['^(a)\\1$', 'refers back'],
    ['^(?<x>a)\\k<x>$', 'refers back'],
    ['^(?=a)', 'looks ahead'],
    ['^(', 'Unterminated group'],
    ['a)', 'no regular expression'],
    ['x'.repeat(201), 'longer than 200'],
  ])('may not be %s', (pattern, reason) => expect(patternFault(pattern)).toContain(reason));

  it('that passes ends soon, whatever it is tried on', () => {
    const piece = fc.constantFrom('a', 'b', '[ab]', '(a|b)', '(a|ab)', '(?:a{0,3})', 'a?', 'a{1,4}', 'a*', '(ab){0,2}', '\\w', '^', '$', '|');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom('a', 'b', 'ab'), (pieces, unit) => {
        const pattern = pieces.join('');
        if (patternFault(pattern) !== undefined) return;
        const started = performance.now();
        new RegExp(pattern, 'u').test(`${unit.repeat(2_000)}!`);
        expect(performance.now() - started).toBeLessThan(2_000);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a schema of variables', () => {
  const object = (properties: unknown, more: object = {}) => schemaFaults({ type: 'object', properties, ...more }, 'variables');

  it('may say what variables are', () => {
    expect(
      object(
        {
          name: { type: 'string', minLength: 1, maxLength: 80, pattern: '^\\S{1,40}$', description: 'Of the person' },
          amount: { type: ['integer', 'null'], minimum: 0, exclusiveMaximum: 10, multipleOf: 1, default: 3, examples: [1] },
          at: { type: 'string', format: 'date-time' },
          kind: { enum: ['a', 1, null] },
          one: { const: 1 },
          items: {
            type: 'array',
            items: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] },
            minItems: 1,
            maxItems: 9,
          },
        },
        { required: ['name'], additionalProperties: false, $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Order' },
      ),
    ).toEqual([]);
  });

  it.each([
    [{ a: { $ref: 'https://evil.example/schema' } }, 'variables.properties.a.$ref', 'is not supported: write out what it refers to'],
    [{ a: { patternProperties: {} } }, 'variables.properties.a.patternProperties', 'is no keyword that is supported here'],
    [{ a: { type: 'text' } }, 'variables.properties.a.type', 'must be one of string, number, integer, boolean, object, array, null'],
    [{ a: { format: 'regex' } }, 'variables.properties.a.format', 'must be one of date-time, date, time, email, uri, url, uuid, hostname, ipv4, ipv6'],
    [{ a: { pattern: '^(a+)+$' } }, 'variables.properties.a.pattern', 'could run away: bound its repetitions, as {1,20}, or have fewer'],
    [{ a: { pattern: 1 } }, 'variables.properties.a.pattern', 'must be a string'],
    [{ a: { anyOf: [] } }, 'variables.properties.a.anyOf', 'must be a list of 1 to 20 schemas'],
    [{ a: { items: 3 } }, 'variables.properties.a.items', 'must be a JSON Schema'],
    [{ a: { maxLength: -1 } }, 'variables.properties.a.maxLength', 'must be a whole number, 0 or more'],
    [{ a: { required: 'b' } }, 'variables.properties.a.required', 'must be a list of names'],
    [{ 'a"b': {} }, 'variables.properties.a"b', 'must be a name of letters, digits and underscores'],
    [{ unsubscribeUrl: {} }, 'variables.properties.unsubscribeUrl', 'is a name that every template knows already'],
    [[], 'variables.properties', 'must be an object with at most 200 schemas'],
  ])('may not be %j', (properties, path, message) => expect(object(properties)).toEqual([{ path, message }]));

  it('is neither huge nor deep', () => {
    expect(object({ a: { description: 'x'.repeat(999), examples: ['x'.repeat(40_000)] } })[0]?.message).toContain('longer than 32000');
    const deep = (levels: number): object => (levels === 0 ? {} : { type: 'array', items: deep(levels - 1) });
    expect(object({ a: deep(20) })[0]?.message).toContain('more than 10 levels');
    expect(object({ a: { additionalProperties: 4 } })[0]?.message).toBe('must be a JSON Schema');
  });

  it('tells which variables it does not know', () => {
    const schema = {
      type: 'object',
      properties: {
        open: { type: 'object', additionalProperties: true },
        any: {},
        either: { anyOf: [{ type: 'string' }] },
        list: { type: 'array', items: { type: 'number' } },
      },
    };
    expect(unknownPart(schema, ['open', 'x', 'y'])).toBeUndefined();
    expect(unknownPart(schema, ['any', 'x'])).toBeUndefined();
    expect(unknownPart(schema, ['either', 'x'])).toBeUndefined();
    expect(unknownPart(schema, ['list', 'size'])).toBeUndefined();
    expect(unknownPart(schema, ['list', null, 'x'])).toBeUndefined();
    expect(unknownPart(schema, ['list', 'last', 'x'])).toBe('list.last.x');
    expect(unknownPart({ type: 'object', additionalProperties: { type: 'string' } }, ['x', 'y'])).toBeUndefined();
    expect(unknownPart({ type: 'object', properties: {}, additionalProperties: { type: 'string' } }, ['x', 'y'])).toBe('x.y');
  });
});
