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

/** Where the bodies of a call and of its answers are described; undefined for what isn't described at all. */
const describedAt = ({ verb, operation }: Pick<Exchange, 'verb' | 'operation'>) => {
  const [name, description] = Object.entries(descriptions).find(([, { paths }]) => paths[operation]) ?? [];
  const method = verb.toLowerCase();
  const described = description?.paths[operation]?.[method];
  if (!described) return undefined;
  const schemaAt = (at: string, content: Content | undefined) =>
    content?.content?.['application/json']?.schema && `${name}#/paths/${escaped(operation)}/${method}/${at}/content/${escaped('application/json')}/schema`;
  return {
    body: schemaAt('requestBody', described.requestBody),
    answers: new Map(Object.entries(described.responses).map(([http, response]) => [http, schemaAt(`responses/${http}`, response)])),
  };
};

/** Compiles what will be needed, because that takes longer than an adapter may wait. */
export const prepare = (calls: readonly Pick<Exchange, 'verb' | 'operation'>[]): void => {
  for (const described of calls.map(describedAt)) for (const at of [described?.body, ...(described?.answers.values() ?? [])]) if (at) validator(at);
};

/** What a call or its answer has that PayPal's description has not. What isn't described at all has no faults. */
export const faultsOfExchange = (exchange: Exchange): string[] => {
  const described = describedAt(exchange);
  if (!described) return [];
  const { body, http, answer } = exchange;
  const answered = described.answers.get(String(http));
  const known = described.answers.has(String(http)) || described.answers.has('default');
  return [
    ...(described.body ? faults(described.body, body ?? {}) : []),
    ...(answered ? faults(answered, answer) : []),
    ...(known ? [] : [`${exchange.verb} ${exchange.operation} is never answered with ${http}`]),
  ];
};
