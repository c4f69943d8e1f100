import { type TSchema, Type } from 'typebox';
import { Closed, Instant } from '../schemas.ts';
import { TimeToLive } from './content-schemas.ts';
import { Category, Locale, TemplateKey } from './schemas.ts';

const source = (maxLength: number, description: string) => Type.String({ maxLength, description: `${description}, as Liquid` });
const line = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description: `${description}: one line, as Liquid` });
const url = line(2_000, 'A link');
const anyJson = Type.Unknown({ description: 'JSON whose strings are Liquid; one that is nothing but an output keeps the type of its value' });

export const LayoutName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'The key of a layout' });

const channels = {
  email: Type.Optional(
    Closed({
      subject: line(1_000, 'The subject'),
      html: source(100_000, 'The words, as HTML'),
      text: source(100_000, 'The same words, as plain text'),
      preheader: Type.Optional(line(1_000, 'What mail readers show beside the subject, where there is a layout')),
      layout: Type.Optional(LayoutName),
    }),
  ),
  sms: Type.Optional(Closed({ text: source(5_000, 'The words') })),
  push: Type.Optional(
    Closed({
      title: line(500, 'The title'),
      body: source(2_000, 'The words'),
      url: Type.Optional(url),
      data: Type.Optional(
        Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$' }), source(1_000, 'For the app itself'), {
          maxProperties: 20,
          additionalProperties: false,
        }),
      ),
      collapseKey: Type.Optional(line(200, 'A later one with the same takes the place of one that isn’t seen yet')),
      ttlSeconds: Type.Optional(TimeToLive),
    }),
  ),
  in_app: Type.Optional(Closed({ title: line(500, 'The title'), body: source(5_000, 'The words'), url: Type.Optional(url) })),
  chat: Type.Optional(
    Closed({
      text: source(10_000, 'The words'),
      title: Type.Optional(line(500, 'The title')),
      url: Type.Optional(url),
      blocks: Type.Optional(Type.Immutable(Type.Array(anyJson, { minItems: 1, maxItems: 50, description: 'Slack’s blocks, whose strings are Liquid' }))),
    }),
  ),
  webhook: Type.Optional(Closed({ type: Type.Optional(line(200, 'What happened, as order.shipped')), payload: anyJson })),
};
/** The sources by channel. */
export const ChannelSources = Closed(channels);

const Variables = Type.Record(Type.String(), Type.Unknown(), {
  description: 'JSON Schema of the variables. Without, each variable that the texts read is needed',
});
const Locales = <T extends TSchema>(one: T) =>
  Type.Record(Locale, one, { maxProperties: 50, additionalProperties: false, description: 'The same in other languages, by BCP 47 tag' });
const Digest = Closed({
  windowSeconds: Type.Integer({ minimum: 10, maximum: 604_800, description: 'How long notifications with a digestKey are gathered' }),
  cap: Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many of them at most' }),
});
export const Replacing = Type.Optional(
  Type.Integer({ minimum: 1, description: 'The version that you have read: 409 where somebody else has published another since' }),
);

/** What is written of a message template. */
export const draft = {
  category: Category,
  channels: Type.Object(channels, { additionalProperties: false, minProperties: 1 }),
  variables: Type.Optional(Variables),
  locale: Type.Optional(Locale),
  locales: Type.Optional(Locales(ChannelSources)),
  digest: Type.Optional(Digest),
};
export const Draft = Closed(draft);
export const NewTemplate = Closed({ key: TemplateKey, ...draft });
export const ChangedTemplate = Closed({ ...draft, replacing: Replacing });

/** `publishedAt` is null for what comes with the service. */
const published = { version: Type.Integer({ minimum: 1 }), locale: Locale, publishedAt: Type.Union([Instant, Type.Null()]) };

/** One version of a template. */
export const TemplateBody = Type.Object({
  key: TemplateKey,
  category: Category,
  ...published,
  channels: ChannelSources,
  variables: Variables,
  locales: Locales(ChannelSources),
  digest: Type.Optional(Digest),
  layouts: Type.Record(Type.String(), Type.Integer(), { description: 'The version of each layout that this version uses' }),
});

const Frame = Closed({ html: source(100_000, 'With {{ content }} where the words go'), text: source(20_000, 'With {{ content }} where the words go') });
const layout = { ...Frame.properties, locale: Type.Optional(Locale), locales: Type.Optional(Locales(Frame)) };
export const NewLayout = Closed({ key: LayoutName, ...layout });
export const ChangedLayout = Closed({ ...layout, replacing: Replacing });
export const LayoutBody = Type.Object({ key: LayoutName, ...published, ...Frame.properties, locales: Locales(Frame) });

/** One line of the history of a template or layout. */
export const VersionBody = Type.Object({
  version: Type.Integer(),
  publishedAt: Type.Union([Instant, Type.Null()]),
  publishedBy: Type.Union([Type.String(), Type.Null()]),
});
