import type { Channel } from '../../domain/notification/channel.ts';
import type { Texts } from '../../domain/notification/texts.ts';
import { withDeclared } from './declared.ts';
import { type Budget, type Engine, engineFor, newBudget, safeHtml } from './engine.ts';
import { bestLocale, localized, type Template, type TemplateChannels } from './template.ts';

type Data = Readonly<Record<string, unknown>>;

/** What a text may show beside its variables. `unsubscribeUrl`: null where nobody can unsubscribe. */
export type Beside = { unsubscribeUrl: string | null };

/** `channels`: of which the texts are wanted; all of them unless given. */
export type Renderer = { render: (template: Template, data: Data, locale: string, beside?: Beside, channels?: readonly Channel[]) => Promise<Texts> };

/**
 * Renders a template's texts. Throws where a variable is unknown, or a limit exceeded: none of that gets better by trying
 * again. The same version with the same data gives the same text.
 */
export const renderer = (): Renderer => ({
  render: async (template, data, asked, beside = { unsubscribeUrl: null }, wanted) => {
    const { locale, channels: all } = localized(template, asked);
    const channels = wanted === undefined ? all : only(all, wanted);
    const budget = newBudget();
    const writer = writerOf(locale, { ...ungathered, ...declared(template, data), ...beside }, budget);
    return {
      ...(channels.email && { email: emailText(template, channels.email, locale, { writer, beside, budget }) }),
      ...(channels.sms && { sms: { text: writer.block(channels.sms.text) } }),
      ...(channels.push && { push: pushText(channels.push, writer) }),
      ...(channels.in_app && { in_app: inAppText(channels.in_app, writer) }),
      ...(channels.chat && { chat: chatText(channels.chat, writer) }),
      ...(channels.webhook && {
        webhook: { type: writer.line(channels.webhook.type ?? template.key), payload: writer.json(channels.webhook.payload, 'none') },
      }),
    };
  },
});

const only = (all: TemplateChannels, wanted: readonly Channel[]): TemplateChannels =>
  Object.fromEntries(Object.entries(all).filter(([name]) => wanted.some((channel) => channel === name)));

/** What only a digest has. */
const ungathered = { items: null, count: null, more: null };

const declared = ({ variables }: Template, data: Data): Data => {
  const whole = withDeclared(variables, data);
  return typeof whole === 'object' && whole !== null ? { ...whole } : data;
};

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

const writerOf = (locale: string, data: Data, budget: Budget): Writer => {
  const plain = engineFor('none', locale);
  const line = (source: string): string =>
    plain
      .text(source, data, budget)
      .replace(/[ \p{Cc}\u2028\u2029]+/gu, ' ')
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

type Source<C extends keyof TemplateChannels> = NonNullable<TemplateChannels[C]>;
type Text<C extends keyof Texts> = NonNullable<Texts[C]>;

const emailText = (
  template: Template,
  email: Source<'email'>,
  language: string,
  { writer, beside, budget }: { writer: Writer; beside: Beside; budget: Budget },
): Text<'email'> => {
  const own = { subject: writer.line(email.subject), html: writer.html(email.html), text: writer.block(email.text) };
  if (email.layout === undefined) return { ...own, text: `${own.text}\n` };
  const layout = template.layouts?.[email.layout];
  if (!layout) throw new Error(`there is no layout ${email.layout}`);
  const locale = bestLocale(layout.locale, layout.locales, language);
  const frame = layout.locales[locale] ?? layout.frame;
  const about = { subject: own.subject, preheader: writer.line(email.preheader ?? ''), locale, category: template.category, ...beside };
  return {
    subject: own.subject,
    html: writerOf(locale, { ...about, content: safeHtml(own.html) }, budget).html(frame.html),
    text: `${writerOf(locale, { ...about, content: own.text }, budget).block(frame.text)}\n`,
  };
};

const pushText = ({ title, body, url, data: sources, collapseKey, ttlSeconds }: Source<'push'>, { line, link }: Writer): Text<'push'> => {
  const data = sources && Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, line(source)]));
  return {
    title: line(title),
    body: line(body),
    url: url === undefined ? null : link(url) || null,
    ...(data && { data }),
    ...(collapseKey !== undefined && { collapseKey: line(collapseKey) }),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
  };
};

const inAppText = ({ title, body, url }: Source<'in_app'>, { line, link }: Writer): Text<'in_app'> => ({
  title: line(title),
  body: line(body),
  url: url === undefined ? null : link(url) || null,
});

const chatText = (chat: Source<'chat'>, { line, block, link, json }: Writer): Text<'chat'> => {
  const blocks = chat.blocks && json(chat.blocks, 'slack');
  const url = chat.url === undefined ? '' : link(chat.url);
  return {
    text: block(chat.text),
    ...(chat.title !== undefined && { title: line(chat.title) }),
    ...(url && { url }),
    ...(Array.isArray(blocks) && { blocks }),
  };
};

/** Tags leave empty lines in plain text: at most one stays. */
const tidy = (text: string): string =>
  text
    .split('\n')
    .map((one) => one.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

// Readers skip blanks and control characters, even within the scheme of a link. Without them what is looked for is found in one pass.
const squeezed = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, '');
const scriptLink = /^(?:javascript|vbscript|data):/i;
const scriptAttribute = /(?:href|action)=["']?(?:javascript|vbscript|data):/i;

/** Escaping keeps a variable within its attribute, but not from being a link that runs a script. */
const harmless = (html: string): string => {
  if (scriptAttribute.test(squeezed(html))) throw new Error('a link would run a script');
  return html;
};

const harmlessLink = (url: string): string => {
  if (scriptLink.test(squeezed(url))) throw new Error('a link would run a script');
  return url;
};
