import type { Fault } from './fault.ts';
import { patternFault } from './pattern.ts';

// A part of JSON Schema 2020-12: what says what variables are, and is sure to be checked in a short time. No references, nothing that
// looks elsewhere, no patterns that run away.
const largest = 32_000;
const deepest = 10;
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const formats = ['date-time', 'date', 'time', 'email', 'uri', 'url', 'uuid', 'hostname', 'ipv4', 'ipv6'];
/** As they are written in Liquid. */
const name = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** What every template knows, whatever its schema says. */
export const ownVariables = ['unsubscribeUrl'];

type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isListOf = (value: unknown, most: number, holds: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= most && value.every(holds);

type Rule = (value: unknown) => string | undefined;
const rule =
  (holds: (value: unknown) => boolean, message: string): Rule =>
  (value) =>
    holds(value) ? undefined : message;

const text = rule((value) => typeof value === 'string' && value.length <= 1_000, 'must be a string of at most 1000 characters');
const number = rule((value) => typeof value === 'number' && Number.isFinite(value), 'must be a number');
const count = rule((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'must be a whole number, 0 or more');
const anything: Rule = () => undefined;

/** Of the keywords that hold no schemas. */
const rules: Readonly<Record<string, Rule>> = {
  $schema: text,
  $comment: text,
  title: text,
  description: text,
  default: anything,
  examples: anything,
  type: rule(
    (value) => types.includes(String(value)) || isListOf(value, types.length, (one) => types.includes(String(one))),
    `must be one of ${types.join(', ')}`,
  ),
  required: rule((value) => Array.isArray(value) && value.length <= 200 && value.every((one) => typeof one === 'string'), 'must be a list of names'),
  enum: rule((value) => isListOf(value, 500, isScalar), 'must be a list of up to 500 strings, numbers, booleans or null'),
  const: rule(isScalar, 'must be a string, a number, a boolean or null'),
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: rule((value) => typeof value === 'number' && value > 0, 'must be a number above 0'),
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
  format: rule((value) => formats.includes(String(value)), `must be one of ${formats.join(', ')}`),
  pattern: (value) => (typeof value === 'string' ? patternFault(value) : 'must be a string'),
};
const ofSchemas = ['properties', 'additionalProperties', 'items', 'anyOf', 'oneOf', 'allOf'];

/** What is wrong with a JSON Schema of variables; nothing, if it can be used. */
export const schemaFaults = (schema: unknown, path: string): Fault[] => {
  if (!isNode(schema) || schema.type !== 'object') return [{ path, message: 'must be a JSON Schema of an object: { "type": "object", "properties": … }' }];
  if (JSON.stringify(schema).length > largest) return [{ path, message: `must not be longer than ${largest} characters of JSON` }];
  const reserved = isNode(schema.properties) ? ownVariables.filter((own) => Object.hasOwn(Object(schema.properties), own)) : [];
  return [
    ...reserved.map((own) => ({ path: `${path}.properties.${own}`, message: 'is a name that every template knows already' })),
    ...nodeFaults(schema, path, 1),
  ];
};

const nodeFaults = (schema: unknown, path: string, depth: number): Fault[] => {
  if (!isNode(schema)) return [{ path, message: 'must be a JSON Schema' }];
  if (depth > deepest) return [{ path, message: `is nested more than ${deepest} levels deep` }];
  return Object.entries(schema).flatMap(([keyword, value]) => keywordFaults(keyword, value, `${path}.${keyword}`, depth));
};

const keywordFaults = (keyword: string, value: unknown, path: string, depth: number): Fault[] => {
  const check = Object.hasOwn(rules, keyword) ? rules[keyword] : undefined;
  if (check) {
    const message = check(value);
    return message === undefined ? [] : [{ path, message }];
  }
  if (keyword === '$ref') return [{ path, message: 'is not supported: write out what it refers to' }];
  if (!ofSchemas.includes(keyword)) return [{ path, message: 'is no keyword that is supported here' }];
  return innerFaults(keyword, value, path, depth + 1);
};

const innerFaults = (keyword: string, value: unknown, path: string, depth: number): Fault[] => {
  if (keyword === 'items') return nodeFaults(value, path, depth);
  if (keyword === 'additionalProperties') return typeof value === 'boolean' ? [] : nodeFaults(value, path, depth);
  if (keyword !== 'properties') {
    if (!Array.isArray(value) || value.length === 0 || value.length > 20) return [{ path, message: 'must be a list of 1 to 20 schemas' }];
    return value.flatMap((one, index) => nodeFaults(one, `${path}.${index}`, depth));
  }
  if (!isNode(value) || Object.keys(value).length > 200) return [{ path, message: 'must be an object with at most 200 schemas' }];
  return Object.entries(value).flatMap(([one, inner]) =>
    name.test(one)
      ? nodeFaults(inner, `${path}.${one}`, depth)
      : [{ path: `${path}.${one.slice(0, 64)}`, message: 'must be a name of letters, digits and underscores' }],
  );
};
