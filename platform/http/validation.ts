import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { explain } from './validation-errors.ts';

// TypeBox stops at 8; a batch's caller wants to know more at once, and a hostile one must not get thousands.
Settings.Set({ maxErrors: 64 });

export type InvalidPart = Error & { invalid: { path: string; message: string }[] };
export const isInvalidPart = (error: unknown): error is InvalidPart => error instanceof Error && 'invalid' in error;

const prefixes: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' };

/** Checks bodies exactly as they came, and query, path and headers after their strings were read as what the schema asks for. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const part = httpPart ?? 'body';
  const defaults = JSON.stringify(schema).includes('"default":');
  const read = (received: unknown): unknown => {
    const value = part === 'body' ? received : fromStrings(schema, received);
    return defaults ? Value.Default(schema, structuredClone(value)) : value;
  };
  return (received: unknown) => {
    const value = read(received);
    if (validator.Check(value)) return { value };
    const missing = part === 'body' && (received ?? undefined) === undefined;
    // No body at all is as good as an empty one, where an empty one is allowed.
    const empty = missing ? read({}) : undefined;
    if (missing && validator.Check(empty)) return { value: empty };
    return { error: invalid(part, missing, explain(schema, value, validator.Errors(value))) };
  };
};

const invalid = (part: string, missing: boolean, errors: readonly Pick<TLocalizedValidationError, 'instancePath' | 'message'>[]): InvalidPart => {
  const prefix = prefixes[part];
  const invalid = missing
    ? [{ path: 'body', message: 'is required, as application/json' }]
    : errors.map(({ instancePath, message }) => ({ path: dotted(prefix, instancePath), message }));
  return Object.assign(new Error('invalid request'), { invalid });
};

const dotted = (prefix: string | undefined, pointer: string): string => {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 64));
  return [...(prefix ? [prefix] : []), ...keys].join('.') || 'body';
};

/** Numbers and booleans in their one plain spelling only, so that `1.5` is refused and not rounded; one value where a list may stand. */
const fromStrings = (schema: TSchema, values: unknown): unknown => {
  if (typeof values !== 'object' || values === null || !('properties' in schema)) return values;
  const properties = schema.properties as Readonly<Record<string, TSchema>>;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fromString(Object.hasOwn(properties, name) ? properties[name] : undefined, value)]),
  );
};

const fromString = (schema: TSchema | undefined, value: unknown): unknown => {
  const type = schema && 'type' in schema ? schema.type : undefined;
  if (type === 'array' && schema && 'items' in schema) return (Array.isArray(value) ? value : [value]).map((item) => fromString(schema.items as TSchema, item));
  if (typeof value !== 'string') return value;
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
};
