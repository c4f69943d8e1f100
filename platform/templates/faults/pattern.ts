// How many ways a regular expression may try before it gives up. JavaScript's engine backtracks: `(a+)+$` takes years over forty letters.
// What is counted here is an upper bound, so that what could run away is refused before it ever runs.

/** Characters of the longest value: that of the longest request. */
const longest = 262_144;
const mostWays = 10_000_000;

const unsupported = (what: string): Error => new Error(`${what}, which is not supported`);

/** Undefined where it is a pattern that always ends soon; else why not. */
export const patternFault = (pattern: string): string | undefined => {
  if (pattern.length > 200) return 'is longer than 200 characters';
  try {
    new RegExp(pattern, 'u');
    const anchored = pattern.startsWith('^');
    const { ways, at } = alternatives(pattern, 0);
    if (at < pattern.length) return 'is no regular expression';
    return ways * (anchored ? 1 : longest) > mostWays
      ? `could run away: ${anchored ? '' : 'begin it with ^, and '}bound its repetitions, as {1,20}, or have fewer`
      : undefined;
  } catch (error) {
    // The engine's own words for what doesn't parse: `Invalid regular expression: /(/u: Unterminated group`.
    return `is no regular expression that can be used: ${(error instanceof Error ? error.message : String(error)).replace(/^Invalid regular expression: .*: /s, '')}`;
  }
};

type Counted = { ways: number; at: number };

/** `a|b|c` up to a closing bracket or the end: each may be tried. */
const alternatives = (pattern: string, from: number): Counted => {
  let { ways, at } = sequence(pattern, from);
  while (pattern[at] === '|') {
    const next = sequence(pattern, at + 1);
    ways += next.ways;
    at = next.at;
  }
  return { ways, at };
};

/** What stands side by side multiplies. */
const sequence = (pattern: string, from: number): Counted => {
  let ways = 1;
  let at = from;
  while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
    const one = atom(pattern, at);
    const { least, most, after } = quantifier(pattern, one.at);
    // Each number of repetitions is a way of its own, and each repetition of what has several ways has them again.
    const repeated = most === 0 ? 1 : one.ways ** most;
    ways *= (most - least + 1) * repeated;
    at = after;
  }
  return { ways, at };
};

const atom = (pattern: string, from: number): Counted => {
  switch (pattern[from]) {
    case '\\':
      if (/^\\(?:[1-9]|k<)/.test(pattern.slice(from, from + 3))) throw unsupported('refers back to a group');
      return { ways: 1, at: from + (/^\\(?:u\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|[pP]\{[^}]*\}|c.|.)/su.exec(pattern.slice(from))?.[0].length ?? 2) };
    case '[':
      return { ways: 1, at: from + (/^\[(?:\\.|[^\]\\])*\]/s.exec(pattern.slice(from))?.[0].length ?? 1) };
    case '(':
      return group(pattern, from);
    default:
      return { ways: 1, at: from + 1 };
  }
};

const group = (pattern: string, from: number): Counted => {
  const opening = /^\((?:\?(?::|<[A-Za-z_]\w*>))?/.exec(pattern.slice(from))?.[0] ?? '(';
  if (pattern[from + opening.length] === '?') throw unsupported('looks ahead or behind');
  const inner = alternatives(pattern, from + opening.length);
  return { ways: inner.ways, at: inner.at + 1 };
};

const quantifier = (pattern: string, at: number): { least: number; most: number; after: number } => {
  const [text = '', least, comma, most] = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(pattern.slice(at)) ?? [];
  const after = at + text.length;
  if (text === '') return { least: 1, most: 1, after };
  if (text.startsWith('?')) return { least: 0, most: 1, after };
  if (least === undefined) return { least: text.startsWith('+') ? 1 : 0, most: longest, after };
  const bound = comma === undefined ? Number(least) : most === '' ? longest : Number(most);
  return { least: Number(least), most: Math.min(bound, longest), after };
};
