import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import type { Permission } from './route.ts';
import { ProblemBody } from './schemas.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;
export type About = { title: string; description: string; version: string };

/** OpenAPI 3.1 from the routes' own schemas: 3.1 takes JSON Schema as it is, so nothing is converted. Add it before the routes. */
export const describeRoutes = (app: FastifyInstance, about: About): (() => JsonObject) => {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD' && !route.schema?.hide) routes.push(route);
  });
  let document: JsonObject | undefined;
  return () => {
    document ??= documentOf(about, routes);
    return document;
  };
};

const documentOf = (about: About, routes: readonly RouteOptions[]): JsonObject => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    for (const method of [route.method].flat()) paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, method) };
  }
  return {
    openapi: '3.1.0',
    info: about,
    paths,
    components: {
      schemas: componentsOf([ProblemBody, ...routes.map(({ schema }) => schema)]),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT' } },
    },
  };
};

const operationOf = ({ schema = {}, config, url }: RouteOptions, method: string): JsonObject => {
  const permission: Permission = config?.permission ?? 'open';
  const command = method !== 'GET' && permission !== 'open';
  return {
    operationId: schema.operationId ?? `${method.toLowerCase()}${url.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [...(schema.tags ?? [tagOf(url)])],
    ...(schema.summary !== undefined && { summary: schema.summary }),
    ...(schema.description !== undefined && { description: schema.description }),
    ...(permission !== 'open' && { security: [permission, ...(config?.own ? [config.own.permission] : [])].map((one) => ({ bearer: [one] })) }),
    parameters: [
      ...parametersOf('path', schema.params, url),
      ...parametersOf('query', schema.querystring),
      ...parametersOf('header', schema.headers),
      ...(command ? [idempotencyKey] : []),
    ],
    ...(schema.body !== undefined && { requestBody: { required: isRequired(schema.body), content: { 'application/json': { schema: plain(schema.body) } } } }),
    responses: responsesOf(schema),
  };
};

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same body again gives the same answer and changes nothing; with another body it is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** `/api/v1/payments/:id` → `Payments`. */
const tagOf = (url: string): string => {
  const word = url.split('/').find((part) => part !== '' && part !== 'api' && !/^v\d+$/.test(part)) ?? 'operation';
  return word.charAt(0).toUpperCase() + word.slice(1);
};

const parametersOf = (place: 'path' | 'query' | 'header', schema: unknown, url = ''): JsonObject[] => {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, object>; required?: string[] };
  const named = Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: plain(property),
  }));
  const unnamed = place === 'path' ? [...url.matchAll(/:(\w+)/g)].flatMap(([, name]) => (name && !(name in properties) ? [name] : [])) : [];
  return [...named, ...unnamed.map((name) => ({ name, in: place, required: true, schema: { type: 'string' } }))];
};

const isRequired = (schema: unknown): boolean => ((schema as { required?: string[] }).required ?? []).length > 0;

const responsesOf = ({ response, produces }: FastifySchema): JsonObject => {
  const content = (schema: unknown): JsonObject => Object.fromEntries((produces ?? ['application/json']).map((type) => [type, { schema: plain(schema) }]));
  const given = Object.entries((response ?? {}) as Record<string, object>).map(([status, schema]): [string, Json] => [
    status,
    {
      description: descriptionOf(schema, status),
      content: Number(status) >= 400 ? { 'application/problem+json': { schema: plain(schema) } } : content(schema),
    },
  ]);
  return {
    ...(given.length === 0 && { '200': { description: 'OK', content: content({}) } }),
    ...Object.fromEntries(given),
    default: { description: 'Any error', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
  };
};

const descriptionOf = (schema: object, status: string): string =>
  'description' in schema && typeof schema.description === 'string' ? schema.description : Number(status) < 300 ? 'Done' : 'Not done';

const isNamed = (value: unknown): value is { $id: string } => typeof value === 'object' && value !== null && '$id' in value && typeof value.$id === 'string';

/** The schema as plain JSON, without its library's marks; what has an `$id` is named, not repeated. */
const plain = (schema: unknown): Json =>
  JSON.parse(JSON.stringify(schema, (_key, value: unknown) => (isNamed(value) ? { $ref: `#/components/schemas/${value.$id}` } : value)));

const componentsOf = (schemas: readonly unknown[]): JsonObject => {
  const components: Record<string, Json> = {};
  JSON.stringify(schemas, (_key, value: unknown) => {
    if (isNamed(value)) components[value.$id] = plain({ ...value, $id: undefined });
    return value;
  });
  return components;
};
