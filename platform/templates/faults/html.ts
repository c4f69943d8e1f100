import { type Token, Tokenizer, TypeGuards } from 'liquidjs';

type Where = 'text' | 'tag' | 'unquoted' | 'double' | 'single' | 'comment' | 'script';
/** `attribute`: the name of the one whose value begins, or is being read. */
type At = { where: Where; tag: string; attribute: string };

/**
 * Outputs that stand where escaping is no help: outside of the quotes of an attribute, within a script, or as the code of an event.
 * The source is read from top to bottom, as if all branches of it were taken.
 */
export const htmlFaults = (source: string): { line: number; message: string }[] => {
  let at: At = { where: 'text', tag: '', attribute: '' };
  return new Tokenizer(source).readTopLevelTokens().flatMap((token) => {
    if (token.kind === htmlToken) at = after(token.getText(), at);
    const message = putsOut(token) ? misplaced(at) : undefined;
    return message === undefined ? [] : [{ line: token.getPosition()[0] ?? 1, message }];
  });
};

const putsOut = (token: Token): boolean => (TypeGuards.isTagToken(token) ? ['echo', 'cycle'].includes(token.name) : TypeGuards.isOutputToken(token));

// `TokenKind.HTML`, which the library has as a const enum only.
const htmlToken = 16;

const misplaced = ({ where, attribute }: At): string | undefined => {
  if (where === 'script') return 'an output cannot stand within a script';
  if (where === 'tag' || where === 'unquoted') return 'an output within a tag must stand in the quotes of an attribute: title="{{ … }}"';
  return (where === 'double' || where === 'single') && attribute.startsWith('on')
    ? `an output cannot stand in ${attribute}, which runs as a script`
    : undefined;
};

/** Where the text leaves a reader of HTML that was at `from`. */
const after = (html: string, from: At): At => {
  let at = from;
  let rest = html;
  while (rest !== '') {
    const [text, next] = steps[at.where](rest, at);
    rest = rest.slice(text);
    at = next;
  }
  return at;
};

/** How much of the text is read, and where that leads. */
type Step = (rest: string, at: At) => readonly [number, At];

const until =
  (end: RegExp, then: (at: At) => At): Step =>
  (rest, at) => {
    const found = end.exec(rest);
    return found ? [found.index + found[0].length, then(at)] : [rest.length, at];
  };
const backInTag = (at: At): At => ({ ...at, where: 'tag' });

const tagStart = /<(!--|\/?[a-z][^\s/>]*)/i;
/** A blank, the end of the tag, or a name with perhaps the beginning of a value. */
const inTag = /^(?:[\s/]+|>|([^\s/>=]+)(?:\s*=\s*(["']?))?|=)/;

const steps: Record<Where, Step> = {
  text: (rest, at) => {
    const start = tagStart.exec(rest);
    if (!start) return [rest.length, at];
    const [text, opened = ''] = start;
    return [start.index + text.length, opened === '!--' ? { ...at, where: 'comment' } : { where: 'tag', tag: opened.toLowerCase(), attribute: '' }];
  },
  tag: (rest, at) => {
    const [text = rest, attribute, quote] = inTag.exec(rest) ?? [];
    if (text === '>') return [1, { ...at, where: at.tag === 'script' ? 'script' : 'text' }];
    if (attribute === undefined || quote === undefined) return [text.length, at];
    const value = { ...at, attribute: attribute.toLowerCase() };
    return [text.length, { ...value, where: quote === '"' ? 'double' : quote === "'" ? 'single' : 'unquoted' }];
  },
  unquoted: (rest, at) => {
    const end = /[\s>]/.exec(rest);
    return end ? [end.index, { ...at, where: 'tag' }] : [rest.length, at];
  },
  double: until(/"/, backInTag),
  single: until(/'/, backInTag),
  comment: until(/-->/, (at) => ({ ...at, where: 'text' })),
  script: until(/<\/script/i, (at) => ({ ...at, where: 'tag', tag: '/script' })),
};
