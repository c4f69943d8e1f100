import type { EmailFrame, LayoutTemplate, MessageTemplate, TemplateChannels } from '../../../domain/notification/template.ts';
import type { Fault } from './fault.ts';
import { isNode, ownVariables, schemaFaults } from './schema.ts';
import { type Source, sourceFaults, variablesRead } from './source.ts';

const mostFaults = 50;

/** All that is wrong with a message template before it is published; `layouts`: the names of those that there are. */
export const messageFaults = (template: Omit<MessageTemplate, 'layouts'>, isLayout: (name: string) => boolean): Fault[] => {
  const { variables, locale, locales, channels } = template;
  const schema = schemaFaults(variables, 'variables');
  return [
    ...schema,
    ...localeFaults(locale, Object.keys(locales)),
    ...Object.entries(locales).flatMap(([tag, translated]) => extraChannels(tag, translated, channels)),
    ...layoutsNamed(template).flatMap(({ path, name }) => (isLayout(name) ? [] : [{ path, message: `there is no layout ${name}` }])),
    // What is said of variables hangs on the schema: first that has to be right.
    ...messageSources(template).flatMap((source) => sourceFaults(source, schema.length > 0 ? {} : knownVariables(template))),
  ].slice(0, mostFaults);
};

/** What a template that gathers notifications is given of them, beside its own variables. */
const digestVariables = { items: {}, count: {}, more: {} };

const knownVariables = ({ variables, digest }: Pick<MessageTemplate, 'variables' | 'digest'>): Readonly<Record<string, unknown>> =>
  digest && isNode(variables.properties) ? { ...variables, properties: { ...digestVariables, ...variables.properties } } : variables;

/** What a layout knows of the e-mail that it goes around. */
const layoutVariables = Object.fromEntries(['subject', 'preheader', 'content', 'locale', 'category', ...ownVariables].map((name) => [name, {}]));

export const layoutFaults = ({ locale, locales, frame }: LayoutTemplate): Fault[] => {
  const frames = [['', frame] as const, ...Object.entries(locales).map(([tag, one]) => [`locales.${tag}.`, one] as const)];
  return [...localeFaults(locale, Object.keys(locales)), ...frames.flatMap(([path, one]) => frameFaults(one, path))].slice(0, mostFaults);
};

const frameFaults = ({ html, text }: EmailFrame, path: string): Fault[] => {
  const sources: Source[] = [
    { path: `${path}html`, source: html, escaping: 'html', line: false },
    { path: `${path}text`, source: text, escaping: 'none', line: false },
  ];
  return sources.flatMap((source) => {
    const faults = sourceFaults(source, { type: 'object', properties: layoutVariables });
    const contentless = faults.length === 0 && !variablesRead([source]).includes('content');
    return contentless ? [{ path: source.path, message: 'must say where the words go: {{ content }}' }] : faults;
  });
};

const localeFaults = (own: string, others: readonly string[]): Fault[] => {
  const wrong = [{ path: 'locale', tag: own }, ...others.map((tag) => ({ path: `locales.${tag}`, tag }))].filter(({ tag }) => !isLocale(tag));
  const twice = others.filter((tag, index) => [own, ...others.slice(0, index)].some((one) => one.toLowerCase() === tag.toLowerCase()));
  return [
    ...wrong.map(({ path }) => ({ path, message: 'is no language tag (BCP 47)' })),
    ...twice.map((tag) => ({ path: `locales.${tag}`, message: 'is a language that is there already' })),
  ];
};

const isLocale = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};

const extraChannels = (tag: string, translated: TemplateChannels, channels: TemplateChannels): Fault[] =>
  Object.keys(translated)
    .filter((channel) => !Object.hasOwn(channels, channel))
    .map((channel) => ({ path: `locales.${tag}.${channel}`, message: 'is a channel that the template itself does not have' }));

type Translations = Pick<MessageTemplate, 'channels' | 'locales'>;
const translations = ({ channels, locales }: Translations) => [
  { path: 'channels', channels },
  ...Object.entries(locales).map(([tag, one]) => ({ path: `locales.${tag}`, channels: one })),
];

/** Where which layout is named. */
export const layoutsNamed = (template: Translations): { path: string; name: string }[] =>
  translations(template).flatMap(({ path, channels: { email } }) =>
    email?.layout === undefined ? [] : [{ path: `${path}.email.layout`, name: email.layout }],
  );

/** Every Liquid source of a message, in all its languages. */
export const messageSources = (template: Translations): Source[] => translations(template).flatMap(({ path, channels }) => channelSources(channels, path));

const channelSources = ({ email, sms, push, in_app, chat, webhook }: TemplateChannels, path: string): Source[] => [
  ...lines(`${path}.email`, email && { subject: email.subject, preheader: email.preheader }),
  ...blocks(`${path}.email`, 'html', email && { html: email.html }),
  ...blocks(`${path}.email`, 'none', email && { text: email.text }),
  ...blocks(`${path}.sms`, 'none', sms),
  ...lines(`${path}.push`, push && { title: push.title, url: push.url, collapseKey: push.collapseKey }),
  ...blocks(`${path}.push`, 'none', push && { body: push.body }),
  ...blocks(`${path}.push.data`, 'none', push?.data),
  ...lines(`${path}.in_app`, in_app && { title: in_app.title, url: in_app.url }),
  ...blocks(`${path}.in_app`, 'none', in_app && { body: in_app.body }),
  ...lines(`${path}.chat`, chat && { title: chat.title, url: chat.url }),
  ...blocks(`${path}.chat`, 'none', chat && { text: chat.text }),
  ...strings(chat?.blocks, `${path}.chat.blocks`, 'slack'),
  ...lines(`${path}.webhook`, webhook && { type: webhook.type }),
  ...strings(webhook?.payload, `${path}.webhook.payload`, 'none'),
];

const sources = (line: boolean, escaping: Source['escaping'], path: string, fields: Readonly<Record<string, string | undefined>> = {}): Source[] =>
  Object.entries(fields).flatMap(([name, source]) => (source === undefined ? [] : [{ path: `${path}.${name}`, source, escaping, line }]));
const lines = (path: string, fields?: Readonly<Record<string, string | undefined>>): Source[] => sources(true, 'none', path, fields);
const blocks = (path: string, escaping: Source['escaping'], fields?: Readonly<Record<string, string>>): Source[] => sources(false, escaping, path, fields);

/** The strings of a piece of JSON, each a source of its own. */
const strings = (tree: unknown, path: string, escaping: Source['escaping']): Source[] => {
  if (typeof tree === 'string') return [{ path, source: tree, escaping, line: false }];
  if (Array.isArray(tree)) return tree.flatMap((one, index) => strings(one, `${path}.${index}`, escaping));
  return isNode(tree) ? Object.entries(tree).flatMap(([name, one]) => strings(one, `${path}.${name}`, escaping)) : [];
};

/** A schema for who gives none: every variable that is read is needed, whatever it is. */
export const inferredVariables = (template: Translations & Pick<MessageTemplate, 'digest'>): Readonly<Record<string, unknown>> => {
  const names = variablesRead(messageSources(template)).filter((name) => !template.digest || !Object.hasOwn(digestVariables, name));
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])), required: names, additionalProperties: false };
};
