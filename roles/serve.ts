import { fileURLToPath } from 'node:url';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type AsyncApiOptions, asyncApi } from '../platform/bus/asyncapi.ts';
import { apiKey, apiKeys } from '../platform/http/api-keys.ts';
import { buildApp } from '../platform/http/app.ts';
import { asyncApiRoute } from '../platform/http/asyncapi-route.ts';
import { type Authenticate, anyOf } from '../platform/http/authentication.ts';
import type { Outside } from '../platform/http/health.ts';
import { jsonWebTokens } from '../platform/http/json-web-token.ts';
import type { Foundation } from './foundation.ts';

export type Service = { url: string; stop: () => Promise<void> };

type Description = {
  service: 'payment' | 'notification';
  title: string;
  description: string;
  port: number;
  portVariable: string;
  websocket?: boolean;
  /** Further ways to know a caller. */
  credentials?: readonly Authenticate[];
  frontEnds?: { under: string; origins: readonly string[] };
  routes: readonly FastifyPluginAsyncTypebox[];
  /** Which public events it sends or receives. */
  publicEvents: Pick<AsyncApiOptions, 'sends' | 'receives'>;
  outside?: Outside;
};

const consoleDirectory = fileURLToPath(new URL('../console', import.meta.url));

/** One service listening. @throws an error that names the port and its variable where the port is taken. */
export const serve = async (foundation: Foundation, { port, portVariable, publicEvents, credentials = [], ...description }: Description): Promise<Service> => {
  const { config, log, metrics, rateLimit, addresses, administratorKey, checks, readiness } = foundation;
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const keys = apiKeys([apiKey('administrator', administratorKey, ['*:*'])]);
  const tokens = jwksUrl && issuer && audience ? [jsonWebTokens({ jwksUrl, issuer, audience })] : [];
  const app = await buildApp({
    ...description,
    routes: [...description.routes, asyncApiRoute(asyncApi({ title: description.title, version, ...publicEvents }))],
    version,
    roles: config.roles,
    authenticate: anyOf(keys, ...credentials, ...tokens),
    ...(config.RATE_LIMIT_PER_SECOND > 0 && { limit: { take: rateLimit.take, limit: config.RATE_LIMIT_PER_SECOND, windowMs: 1_000 } }),
    checks: () => checks,
    ready: readiness.isReady,
    log: log.child({ service: description.service }),
    metrics,
    consoleDirectory,
    links: () => ({ asyncapi: '/asyncapi.json', console: '/console/', payment: addresses.payment(), notification: addresses.notification() }),
    origins: () => [addresses.payment(), addresses.notification()],
    ...(config.TRUST_PROXY !== undefined && { trustProxy: config.TRUST_PROXY }),
  });
  try {
    const url = await app.listen({ host: config.HOST, port });
    addresses.listening(description.service, Number(new URL(url).port));
    return { url, stop: () => app.close() };
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new Error(`port ${port} on ${config.HOST} is taken, perhaps by another instance: stop it, or choose another port with ${portVariable}`);
    throw error;
  }
};

const version = '0.1.0';
