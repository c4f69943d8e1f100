import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { explain } from '../http/validation-errors.ts';

type Wrong = { path: string; message: string };

// Schemas are few and live as long as their template: compiling one takes longer than a thousand checks.
const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>();

const validatorOf = (schema: TSchema) => {
  const known = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, known);
  return known;
};

/** What is wrong with a template's variables, each under its own path (`data.amount`); nothing, if they fit. */
export const wrongVariables = (schema: TSchema, data: Readonly<Record<string, unknown>>): readonly Wrong[] => {
  const validator = validatorOf(schema);
  if (validator.Check(data)) return [];
  return explain(schema, data, validator.Errors(data)).map(({ instancePath, message }) => ({
    path: ['data', ...instancePath.split('/').slice(1)].join('.'),
    message,
  }));
};
