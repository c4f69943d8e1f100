import type { Texts } from '../../domain/notification/texts.ts';
import { type Budget, type Engine, engineFor, newBudget } from './engine.ts';
import { localized, type Template, type TemplateChannels } from './template.ts';

type Data = Readonly<Record<string, unknown>>;

export type Renderer = { render: (template: Template, data: Data, locale: string) => Promise<Texts> };

/**
 * Renders all channels of a template. Throws where a variable is missing, a filter unknown, or a limit exceeded: none of that
 * gets better by trying again. The same version with the same data gives the same text.
 */
export const renderer = (): Renderer => ({
  render: async (template, data, asked) => {
    const { locale, channels } = localized(template, asked);
    const writer = writerOf(locale, data);
    return {
      ...emailText(channels, writer),
      ...(channels.sms && { sms: { text: writer.block(channels.sms.text) } }),
      ...pushText(channels, writer),
      ...inAppText(channels, writer),
      ...chatText(channels, writer),
      ...(channels.webhook && {
        webhook: { type: writer.line(channels.webhook.type ?? template.key), payload: writer.json(channels.webhook.payload, 'none') },
      }),
    };
  },
});

/** The kinds of text there are, with the variables filled in; all together stay within one budget. */
type Writer = {
  html: (source: string) => string;
  /** Several lines, as an SMS has them. */
  block: (source: string) => string;
  /** One line, whatever the variables hold: what may stand in a header. */
  line: (source: string) => string;
  link: (source: string) => string;
  /** JSON whose strings are templates. */
  json: (tree: unknown, escaping: 'slack' | 'none') => unknown;
};

const writerOf = (locale: string, data: Data): Writer => {
  const budget: Budget = newBudget();
  const plain = engineFor('none', locale);
  const line = (source: string): string =>
    plain
      .text(source, data, budget)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim();
  return {
    html: (source) => harmless(engineFor('html', locale).text(source, data, budget)),
    block: (source) => tidy(plain.text(source, data, budget)),
    line,
    link: (source) => harmlessLink(line(source)),
    json: (tree, escaping) => filled(tree, (source) => leaf(engineFor(escaping, locale), source, data, budget)),
  };
};

const leaf = (engine: Engine, source: string, data: Data, budget: Budget): unknown =>
  // Most strings of a payload are no templates.
  source.includes('{{') || source.includes('{%') ? engine.value(source, data, budget) : source;

/** The same JSON with each of its strings filled in; names are left as they are. */
const filled = (tree: unknown, fill: (source: string) => unknown): unknown => {
  if (typeof tree === 'string') return fill(tree);
  if (Array.isArray(tree)) return tree.map((one) => filled(one, fill));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, filled(value, fill)]));
};

const emailText = ({ email }: TemplateChannels, { line, html, block }: Writer): Texts =>
  email ? { email: { subject: line(email.subject), html: html(email.html), text: `${block(email.text)}\n` } } : {};

const pushText = ({ push }: TemplateChannels, { line, link }: Writer): Texts => {
  if (!push) return {};
  const data = push.data && Object.fromEntries(Object.entries(push.data).map(([name, source]) => [name, line(source)]));
  return { push: { title: line(push.title), body: line(push.body), url: push.url === undefined ? null : link(push.url), ...(data && { data }) } };
};

const inAppText = ({ in_app }: TemplateChannels, { line, link }: Writer): Texts =>
  in_app ? { in_app: { title: line(in_app.title), body: line(in_app.body), url: in_app.url === undefined ? null : link(in_app.url) } } : {};

const chatText = ({ chat }: TemplateChannels, { line, block, link, json }: Writer): Texts => {
  if (!chat) return {};
  const blocks = chat.blocks && json(chat.blocks, 'slack');
  return {
    chat: {
      text: block(chat.text),
      ...(chat.title !== undefined && { title: line(chat.title) }),
      ...(chat.url !== undefined && { url: link(chat.url) }),
      ...(Array.isArray(blocks) && { blocks }),
    },
  };
};

/** Tags leave empty lines in plain text: at most one stays. */
const tidy = (text: string): string =>
  text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

// Readers skip blanks and control characters within the scheme of a link.
const spread = (scheme: string): string => [...scheme].join('[\\s\\p{Cc}]*');
const script = `(?:${['javascript', 'vbscript', 'data'].map(spread).join('|')})[\\s\\p{Cc}]*:`;
const scriptLink = new RegExp(`^[\\s\\p{Cc}]*${script}`, 'iu');
const scriptAttribute = new RegExp(`\\b(?:href|action|formaction)\\s*=\\s*["']?[\\s\\p{Cc}]*${script}`, 'iu');

/** Escaping keeps a variable within its attribute, but not from being a link that runs a script. */
const harmless = (html: string): string => {
  if (scriptAttribute.test(html)) throw new Error('a link would run a script');
  return html;
};

const harmlessLink = (url: string): string => {
  if (scriptLink.test(url)) throw new Error('a link would run a script');
  return url;
};
