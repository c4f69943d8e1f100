import type { FastifyInstance } from 'fastify';
import { cardNumberInJson } from './card-number.ts';
import { type Problem, problem } from './problem.ts';

/** Bytes; more is answered 413. */
export const bodyLimit = 256 * 1024;
const maxDepth = 32;
/** Keys by which a merged object could reach its prototype. */
const poisonous = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads JSON bodies, and refuses what is no JSON, too deep, poisonous or holds a card number, before any route sees it. */
export const acceptJson = (app: FastifyInstance): void => {
  app.decorateRequest('received');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (request, text, done) => {
    const parsed = parseJson(text.toString());
    if ('refused' in parsed) return done(parsed.refused);
    request.received = parsed.value;
    return done(null, parsed.value);
  });
};

const parseJson = (text: string): { value: unknown } | { refused: Problem } => {
  if (text === '') return { value: undefined };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold anything.
    return { refused: problem(400, 'malformed_json', { detail: 'The body is not valid JSON.' }) };
  }
  const fault = faultOf(value, 1);
  if (fault === 'too_deep') return { refused: problem(400, 'too_deep', { detail: `The body is nested more than ${maxDepth} levels deep.` }) };
  if (fault === 'poisonous') return { refused: poisoned(value) };
  const path = cardNumberInJson(text);
  return path === undefined ? { value } : { refused: cardNumberRefused(path) };
};

const faultOf = (value: unknown, depth: number): 'too_deep' | 'poisonous' | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > maxDepth) return 'too_deep';
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = faultOf(item, depth + 1);
      if (fault) return fault;
    }
    return undefined;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (poisonous.has(key)) return 'poisonous';
    const fault = faultOf(inner, depth + 1);
    if (fault) return fault;
  }
  return undefined;
};

const poisoned = (value: unknown): Problem =>
  problem(400, 'invalid_request', {
    detail: 'The body has a key that is never allowed.',
    errors: poisonPaths(value, []).map((path) => ({ path, message: 'is a key that is never allowed' })),
  });

const poisonPaths = (value: unknown, path: readonly string[]): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        poisonous.has(key) && !Array.isArray(value) ? [[...path, key].join('.')] : poisonPaths(inner, [...path, key]),
      );

/** Says where the number is, never which. */
export const cardNumberRefused = (path: string): Problem =>
  problem(400, 'card_number_refused', {
    detail: 'The request holds a card number. Send the token that the payment provider made of it; the number must never reach this API.',
    errors: [{ path, message: 'holds a card number' }],
  });

/** For the routes of one plugin that need the bytes as they came: signed webhooks. Any content type; `request.body` is a Buffer. */
export const acceptBytes = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, bytes, done) => done(null, bytes));
};

/** For pages with an HTML form, beside JSON: `request.body` is an object of strings. */
export const acceptForms = (app: FastifyInstance): void => {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit }, (_request, text, done) =>
    done(null, Object.fromEntries(new URLSearchParams(text.toString()))),
  );
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The JSON body as it came, before defaults were filled in. */
    received: unknown;
  }
}
