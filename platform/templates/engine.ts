import { Context, type FilterImplOptions, Liquid, Output, type Template as Piece, toValueSync, type Variable } from 'liquidjs';
import { addFilters, filterNamed } from './filters.ts';

// Far beyond any message of ours, and small enough that a template which runs away harms nobody. Counted and not timed: what can be
// rendered on an idle machine must not fail on a busy one. In characters, characters, and pieces of the template gone through.
const limits = { parseLimit: 200_000, memoryLimit: 1_000_000 };
const longestOutput = 200_000;
const mostSteps = 20_000;
// Characters of sources that are kept parsed, for each kind of escaping and language.
const mostKept = 2_000_000;
const mostEngines = 100;

/** What output has to be made harmless for: HTML, Slack's markup, or nothing, where text is text. */
export type Escaping = 'html' | 'slack' | 'none';

// Slack's three: https://docs.slack.dev/messaging/formatting-message-text#escaping
const slackEscape = (value: unknown): string =>
  String(value ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

// What is HTML already: an e-mail's own words, within its layout. A key that no JSON has, so that no variable can pass for it.
const safe = Symbol('HTML');
export const safeHtml = (html: string): object => ({ [safe]: html });
const isSafe = (value: unknown): value is { [safe]: string } => typeof value === 'object' && value !== null && safe in value;

const htmlEscape: FilterImplOptions = function (value) {
  return isSafe(value) ? value[safe] : escapeHtml.call(this, value);
};
const escapeHtml = filterNamed('escape');
const outputEscapes = { html: { outputEscape: htmlEscape }, slack: { outputEscape: slackEscape }, none: {} };

const openLiquid = (escaping: Escaping, locale: string): Liquid => {
  const liquid = new Liquid({
    ...limits,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    timezoneOffset: 0,
    locale,
    ...outputEscapes[escaping],
  });
  addFilters(liquid, locale);
  // No template reads another, least of all from the disk: what they share is a layout.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
  return liquid;
};

type Data = Readonly<Record<string, unknown>>;

/** What all texts of one message may take together. */
export type Budget = { context: (liquid: Liquid, data: Data) => Context; spend: (characters: number) => void };

export const newBudget = (): Budget => {
  let steps = 0;
  let characters = 0;
  let memory: Context['memoryLimit'] | undefined;
  return {
    /** The variables, with a count of steps where the engine would look at the clock. */
    context: (liquid, data) => {
      const context = new Context(data, liquid.options, { sync: true }, { liquid, ...(memory && { memoryLimit: memory }) });
      memory = context.memoryLimit;
      context.renderLimit.check = () => {
        steps += 1;
        if (steps > mostSteps) throw new Error(`the template goes on for more than ${mostSteps} steps, its limit`);
      };
      return context;
    },
    spend: (more) => {
      characters += more;
      if (characters > longestOutput) throw new Error(`the output has more than ${longestOutput} characters, its limit`);
    },
  };
};

/** A variable as a template reads it: `order.items[0].name` → `['order', 'items', 0, 'name']`; what is computed is `null`. */
export type Path = readonly (string | number | null)[];

export type Engine = {
  /** The variables that it reads, each with its line. Throws where the source is no Liquid, or has a tag or filter that there isn't. */
  reads: (source: string) => readonly { path: Path; line: number }[];
  text: (source: string, data: Data, budget: Budget) => string;
  /** A source that is nothing but one output keeps the type of what it puts out; any other is text. */
  value: (source: string, data: Data, budget: Budget) => unknown;
};

const openEngine = (escaping: Escaping, locale: string): Engine => {
  const liquid = openLiquid(escaping, locale);
  // Parsing takes longer than rendering, and texts are few.
  const parsed = new Map<string, Piece[]>();
  let kept = 0;
  const parse = (source: string): Piece[] => {
    const known = parsed.get(source);
    if (known) return known;
    const pieces = liquid.parse(source);
    if (kept > mostKept) {
      parsed.clear();
      kept = 0;
    }
    parsed.set(source, pieces);
    kept += source.length;
    return pieces;
  };
  const text: Engine['text'] = (source, data, budget) => {
    const output = String(liquid.renderSync(parse(source), budget.context(liquid, data)));
    budget.spend(output.length);
    return output;
  };
  return {
    reads: (source) => Object.values(liquid.analyzeSync(liquid.parse(source), { partials: false }).globals).flatMap((found) => found.map(asRead)),
    text,
    value: (source, data, budget) => {
      const [only, ...others] = parse(source);
      if (!(only instanceof Output) || others.length > 0) return text(source, data, budget);
      const value: unknown = toValueSync(only.value.value(budget.context(liquid, data)));
      budget.spend(JSON.stringify(value ?? null).length);
      return value ?? null;
    },
  };
};

const asRead = ({ segments, location }: Variable) => ({
  path: segments.map((part) => (typeof part === 'object' ? null : part)),
  line: location.row,
});

const engines = new Map<string, Engine>();

/** Liquid for texts in one language, escaped as their channel needs it. */
export const engineFor = (escaping: Escaping, locale: string): Engine => {
  const key = `${escaping} ${locale}`;
  const engine = engines.get(key) ?? openEngine(escaping, locale);
  if (engines.size > mostEngines) engines.clear();
  engines.set(key, engine);
  return engine;
};
