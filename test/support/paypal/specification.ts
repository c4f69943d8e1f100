import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Exchange } from '../../../providers/payment/paypal/fake-paypal/fake-paypal.ts';

const ajv = new Ajv({ strict: false, logger: false, unicodeRegExp: false });
formats.default(ajv);

type Content = { content?: Record<string, { schema?: object }> };
type Operation = { requestBody?: Content; responses: Record<string, Content> };
type Description = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };

const load = (name: string): Description => {
  const description: Description = JSON.parse(readFileSync(new URL(`../../specs/paypal/${name}.json`, import.meta.url), 'utf8'));
  ajv.addSchema(description, name);
  return description;
};
const descriptions = Object.fromEntries(
  ['checkout_orders_v2', 'payments_payment_v2', 'customer_disputes_v1', 'notifications_webhooks_v1'].map((name) => [name, load(name)]),
);

const compiled = new Map<string, ValidateFunction>();
const validator = (reference: string): ValidateFunction => {
  const known = compiled.get(reference) ?? ajv.compile({ $ref: reference });
  compiled.set(reference, known);
  return known;
};
const faults = (reference: string, value: unknown): string[] => {
  const check = validator(reference);
  return check(value) ? [] : [`${reference}: ${ajv.errorsText(check.errors)}`];
};

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Against PayPal's description of one of its schemas. */
export const faultsOfSchema = (description: string, schema: string, value: unknown): string[] => faults(`${description}#/components/schemas/${schema}`, value);

/** What a call or its answer has that PayPal's description has not. What isn't described at all has no faults. */
export const faultsOfExchange = ({ verb, operation, body, http, answer }: Exchange): string[] => {
  const [name, description] = Object.entries(descriptions).find(([, { paths }]) => paths[operation]) ?? [];
  if (!name || !description) return [];
  const method = verb.toLowerCase();
  const described = description.paths[operation]?.[method];
  if (!described) return [`${verb} ${operation} is not described`];
  const at = `${name}#/paths/${escaped(operation)}/${method}`;
  const json = escaped('application/json');
  const asked = described.requestBody?.content?.['application/json'] ? faults(`${at}/requestBody/content/${json}/schema`, body ?? {}) : [];
  const answered = described.responses[http]?.content?.['application/json']?.schema ? faults(`${at}/responses/${http}/content/${json}/schema`, answer) : [];
  return [...asked, ...answered, ...(described.responses[http] || described.responses.default ? [] : [`${verb} ${operation} is never answered with ${http}`])];
};
