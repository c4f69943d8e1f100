import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { accents, link, type ReadyMadeTemplate, shortText, Variables } from './variables.ts';

type Words = Readonly<Record<'subject' | 'heading' | 'lead' | 'more' | 'all' | 'closing', string>>;

const newest = '{{ items.last.title }}';

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, newest, {
    accent: accents.calm,
    heading: words.heading,
    lead: [words.lead],
    list: { of: 'items', title: '{{ item.title }}', below: 'item.body', url: 'item.url' },
    after: `{% if more > 0 %}${words.more}{% endif %}`,
    button: { label: words.all, url: '{{ url }}', when: 'url' },
    closing: words.closing,
  }),
  push: { title: words.subject, body: newest, url: '{{ url }}' },
  in_app: { title: words.subject, body: `${newest}{% if count > 1 %} …{% endif %}`, url: '{{ url }}' },
});

const Item = Type.Object({
  title: Type.String({ maxLength: 100_000 }),
  body: Type.Optional(Type.String({ maxLength: 100_000 })),
  url: Type.Optional(link),
});

/** Several messages told as one. `items`: the newest last; `count`: of all; `more`: how many of them aren't among the items. */
export const digest: ReadyMadeTemplate = {
  key: 'digest',
  category: 'transactional',
  variables: Variables({
    items: Type.Array(Item, { minItems: 1, maxItems: 1_000 }),
    count: Type.Integer({ minimum: 1 }),
    more: Type.Optional(Type.Integer({ minimum: 0 })),
    name: Type.Optional(shortText),
    url: Type.Optional(link),
  }),
  locale: 'en',
  channels: channels({
    subject: `{{ count | number }} {{ count | plural: one: 'message', other: 'messages' }} for you`,
    heading: `{{ count | number }} {{ count | plural: one: 'message', other: 'messages' }} for you`,
    lead: 'Hello{% if name %} {{ name }}{% endif %}, this is what has happened since we last wrote to you.',
    more: `And {{ more | number }} more.`,
    all: 'See all',
    closing: 'We have put these together, so as not to write to you about each.',
  }),
  locales: {
    de: channels({
      subject: `{{ count | number }} {{ count | plural: one: 'Nachricht', other: 'Nachrichten' }} für Sie`,
      heading: `{{ count | number }} {{ count | plural: one: 'Nachricht', other: 'Nachrichten' }} für Sie`,
      lead: 'Guten Tag{% if name %} {{ name }}{% endif %}, das ist geschehen, seit wir Ihnen zuletzt geschrieben haben.',
      more: `Und {{ more | number }} weitere.`,
      all: 'Alle ansehen',
      closing: 'Wir haben dies zusammengefasst, um Ihnen nicht wegen jeder einzelnen zu schreiben.',
    }),
  },
};
