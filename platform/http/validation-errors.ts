import type { TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';

export type Explained = { instancePath: string; message: string };

/**
 * The validator's errors as a caller wants them: each path once, missing and unknown fields under their own path, and of a union
 * only what is wrong with the form that was meant.
 */
export const explain = (schema: TSchema, value: unknown, errors: readonly TLocalizedValidationError[]): Explained[] => {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const meant = new Map(unions.map((union) => [`${union.schemaPath}/anyOf/`, meantForm(resolve(schema, union.schemaPath), at(value, union.instancePath))]));
  const told = errors.flatMap((error) => {
    const hidden = [...meant].some(
      ([prefix, form]) => error.schemaPath.startsWith(prefix) && Number.parseInt(error.schemaPath.slice(prefix.length), 10) !== form,
    );
    if (hidden) return [];
    if (error.keyword === 'anyOf' && meant.get(`${error.schemaPath}/anyOf/`) !== undefined) return [];
    return explainOne(schema, error);
  });
  const seen = new Set<string>();
  return told.filter(({ instancePath }) => !seen.has(instancePath) && seen.add(instancePath));
};

const explainOne = (schema: TSchema, error: TLocalizedValidationError): Explained[] => {
  const { instancePath, params, message } = error;
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({ instancePath: `${instancePath}/${name}`, message: 'is required' }));
    case 'boolean':
      return [{ instancePath, message: 'is unknown here' }];
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({ instancePath: `${instancePath}/${name}`, message: 'is unknown here' }));
    case 'anyOf':
      return [{ instancePath, message: alternatives(resolve(schema, error.schemaPath)) }];
    case 'const':
      return [{ instancePath, message: `must be ${JSON.stringify(error.params.allowedValue)}` }];
    case 'enum':
      return [{ instancePath, message: `must be one of ${error.params.allowedValues.map((allowed) => JSON.stringify(allowed)).join(', ')}` }];
    default:
      return [{ instancePath, message: params && 'format' in params ? `must be a valid ${formatNames[String(params.format)] ?? params.format}` : message }];
  }
};

const formatNames: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  'date-time': 'RFC 3339 time',
  email: 'e-mail address',
  uri: 'absolute URL',
  url: 'absolute URL',
};

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const keysOf = (pointer: string): string[] =>
  pointer
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const at = (value: unknown, pointer: string): unknown => keysOf(pointer).reduce<unknown>((inner, key) => (isNode(inner) ? inner[key] : undefined), value);
const resolve = (schema: TSchema, pointer: string): Node => {
  const found = at(schema, pointer);
  return isNode(found) ? found : {};
};

const formsOf = (union: Node): readonly Node[] => (Array.isArray(union.anyOf) ? union.anyOf.filter(isNode) : []);

/** The properties of a form that have one fixed value: `{ type: 'card' }`. */
const marksOf = (form: Node): [string, unknown][] =>
  isNode(form.properties)
    ? Object.entries(form.properties).flatMap(([name, property]) =>
        isNode(property) && 'const' in property ? [[name, property.const] as [string, unknown]] : [],
      )
    : [];

/** The form whose marks the value has; without marks, the one most of whose fields it has. */
const meantForm = (union: Node, value: unknown): number | undefined => {
  if (!isNode(value)) return undefined;
  const fits = formsOf(union).map((form) => {
    const marks = marksOf(form);
    if (marks.length > 0) return marks.every(([name, mark]) => value[name] === mark) ? Number.POSITIVE_INFINITY : 0;
    return isNode(form.properties) ? Object.keys(form.properties).filter((name) => Object.hasOwn(value, name)).length : 0;
  });
  const best = Math.max(0, ...fits);
  const winner = fits.indexOf(best);
  return best > 0 && fits.lastIndexOf(best) === winner ? winner : undefined;
};

const alternatives = (union: Node): string => {
  const forms = formsOf(union);
  const words = forms.map((form) =>
    'const' in form
      ? JSON.stringify(form.const)
      : marksOf(form)
          .map(([name, mark]) => `${name} ${JSON.stringify(mark)}`)
          .join(' and '),
  );
  const named = words.filter((word) => word !== '');
  return named.length === forms.length
    ? `must be ${forms.some((form) => 'const' in form) ? 'one of' : 'an object with'} ${named.join(', ')}`
    : 'has none of the allowed forms';
};
