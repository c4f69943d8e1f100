import { Context, Liquid } from 'liquidjs';
import { exponentOf } from '../../domain/money.ts';
import type { Texts } from '../../domain/notification/texts.ts';
import { localized, type Template } from './template.ts';

// Far beyond any e-mail of ours, and small enough that a template which runs away harms nobody. Counted and not timed: what can be
// rendered on an idle machine must not fail on a busy one. In characters, characters, and pieces of the template gone through.
const limits = { parseLimit: 200_000, memoryLimit: 1_000_000 };
const longestOutput = 200_000;
const mostSteps = 20_000;
const mostParsed = 1_000;

/** 1050, 'GBP' → `£10.50`. Exact: the digits go to the formatter as text, never as a float. */
export const money = (amount: unknown, currency: unknown, locale: string): string => {
  const exponent = typeof currency === 'string' ? exponentOf(currency) : undefined;
  if (typeof currency !== 'string' || exponent === undefined || !Number.isSafeInteger(amount)) {
    throw new Error(`money takes whole minor units and a currency, not ${JSON.stringify(amount)} and ${JSON.stringify(currency)}`);
  }
  const digits = String(Math.abs(Number(amount))).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const decimal = `${Number(amount) < 0 ? '-' : ''}${digits.slice(0, point)}${exponent === 0 ? '' : `.${digits.slice(point)}`}`;
  return currencyFormat(locale, currency, exponent).format(decimal as Intl.StringNumericLiteral);
};

/** An RFC 3339 time → `1 June 2026, 10:00 UTC`, in the language of the text. */
const moment = (time: unknown, locale: string): string =>
  `${momentFormat(locale)
    .format(new Date(String(time)))
    .replace(' at ', ', ')} UTC`;

// Making a formatter takes a hundred times as long as using one; languages and currencies are few.
const remembered = <A extends readonly (string | number)[], T>(make: (...of: A) => T): ((...of: A) => T) => {
  const known = new Map<string, T>();
  return (...of) => {
    const key = of.join(' ');
    const value = known.get(key) ?? make(...of);
    known.set(key, value);
    return value;
  };
};
const currencyFormat = remembered(
  (locale: string, currency: string, exponent: number) =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent }),
);
const momentFormat = remembered(
  (locale: string) => new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
);

const engine = (escaped: boolean, locale: string): Liquid => {
  const liquid = new Liquid({
    ...limits,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    // No template reads another, least of all from the disk.
    templates: {},
    timezoneOffset: 0,
    ...(escaped ? { outputEscape: 'escape' as const } : {}),
  });
  liquid.registerFilter('money', (amount: unknown, currency: unknown) => money(amount, currency, locale));
  liquid.registerFilter('moment', (time: unknown) => moment(time, locale));
  return liquid;
};

/** The variables, with a count of steps where the engine would look at the clock. */
const counting = (liquid: Liquid, data: object): Context => {
  const context = new Context(data, liquid.options, { sync: true }, { liquid });
  let steps = 0;
  context.renderLimit.check = () => {
    steps += 1;
    if (steps > mostSteps) throw new Error(`the template goes on for more than ${mostSteps} steps, its limit`);
  };
  return context;
};

// Parsing takes longer than rendering, and texts are few.
type Engine = { liquid: Liquid; parsed: Map<string, ReturnType<Liquid['parse']>> };

export type Renderer = { render: (template: Template, data: Readonly<Record<string, unknown>>, locale: string) => Promise<Texts> };

/**
 * Renders all channels of a template. Throws where a variable is missing, a filter unknown, or a limit exceeded: none of that
 * gets better by trying again. The same version with the same data gives the same text.
 */
export const renderer = (): Renderer => {
  const engines = new Map<string, Engine>();
  const engineFor = (escaped: boolean, locale: string): Engine => {
    const key = `${escaped} ${locale}`;
    const known = engines.get(key) ?? { liquid: engine(escaped, locale), parsed: new Map() };
    engines.set(key, known);
    return known;
  };
  const run = (source: string, data: object, escaped: boolean, locale: string): string => {
    const { liquid, parsed } = engineFor(escaped, locale);
    const template = parsed.get(source) ?? liquid.parse(source);
    if (parsed.size > mostParsed) parsed.clear();
    parsed.set(source, template);
    const output: unknown = liquid.renderSync(template, counting(liquid, data));
    const text = String(output);
    if (text.length > longestOutput) throw new Error(`the output has ${text.length} characters, more than ${longestOutput}`);
    return text;
  };
  return {
    render: async (template, data, asked) => {
      const { locale, channels } = localized(template, asked);
      const plain = (source: string) => run(source, data, false, locale);
      const line = (source: string) =>
        plain(source)
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .trim();
      const { email, in_app } = channels;
      return {
        ...(email && { email: { subject: line(email.subject), html: run(email.html, data, true, locale), text: tidy(plain(email.text)) } }),
        ...(in_app && {
          in_app: { title: line(in_app.title), body: line(in_app.body), url: in_app.url === undefined ? null : line(in_app.url) },
        }),
      };
    },
  };
};

/** Tags leave empty lines in plain text: at most one stays. */
const tidy = (text: string): string =>
  `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
