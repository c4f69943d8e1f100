import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { permits } from './permission.ts';
import { type Problem, problem } from './problem.ts';
import type { Caller, Permission } from './route.ts';
import { whenKnown } from './when-known.ts';

/** Whose credential this is; undefined if nobody's. Answers at once where it can, to spare each request a promise. */
export type Authenticate = (credential: string) => Caller | undefined | Promise<Caller | undefined>;

/** The first of these that knows the credential. */
export const anyOf =
  (...ways: readonly Authenticate[]): Authenticate =>
  (credential) => {
    const [first, ...others] = ways;
    if (!first) return undefined;
    const caller = first(credential);
    if (caller instanceof Promise) return caller.then((found) => found ?? anyOf(...others)(credential));
    return caller ?? anyOf(...others)(credential);
  };

export const nobody: Caller = { id: 'anonymous', permissions: [] };

/** Closed by default: refuses, at start-up, a route that names no permission and, at each request, a caller without it. */
export const guard = (app: FastifyInstance, service: string, authenticate: Authenticate): void => {
  app.decorateRequest('caller');
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // Only then has every plugin had its say.
  app.addHook('onReady', async () => {
    const careless = routes.find(({ config }) => !config?.permission);
    if (careless) throw new Error(`the route ${careless.method} ${careless.url} names no permission: set config.permission, or 'open'`);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = nobody;
    const { permission: needed = 'open', own } = request.routeOptions.config;
    if (needed === 'open') return done();
    const credential = credentialOf(request);
    if (credential === undefined) return done(unauthenticated(service, 'Send the header `Authorization: Bearer <API key or JWT>`.', ''));
    const admit = (caller: Caller | undefined): void => {
      request.caller = caller ?? nobody;
      done(caller && own && isOwn(caller, own, request.params) ? undefined : refusal(service, caller, needed));
    };
    whenKnown(authenticate(credential), admit, done);
  });
};

const isOwn = (caller: Caller, { permission, parameter }: { permission: Permission; parameter: string }, params: unknown): boolean =>
  permits(caller, permission) && caller.subject !== undefined && caller.subject === Reflect.get(Object(params), parameter);

const refusal = (service: string, caller: Caller | undefined, needed: Permission): Problem | undefined => {
  if (!caller) return unauthenticated(service, 'The credential is not known, or no longer valid.', ', error="invalid_token"');
  return permits(caller, needed) ? undefined : forbidden(service, needed);
};

const credentialOf = ({ headers }: FastifyRequest): string | undefined => {
  const { authorization } = headers;
  if (authorization !== undefined) return /^Bearer +([!-~]+) *$/i.exec(authorization)?.[1];
  return headers.upgrade?.toLowerCase() === 'websocket' ? credentialOfSocket(headers['sec-websocket-protocol']) : undefined;
};

/**
 * A browser can't set headers on a WebSocket, and a URL ends up in logs; so it may offer two protocols: the one it speaks, and
 * `bearer.<base64url of the credential>`.
 */
const credentialOfSocket = (protocols = ''): string | undefined => {
  const offered = protocols.split(',').map((protocol) => protocol.trim());
  const bearer = offered.find((protocol) => protocol.startsWith('bearer.'));
  return bearer && Buffer.from(bearer.slice('bearer.'.length), 'base64url').toString();
};

/** For the WebSocket server: the first protocol offered that isn't a credential, so that none is sent back. */
export const spokenProtocol = (offered: ReadonlySet<string>): string | false => [...offered].find((protocol) => !protocol.startsWith('bearer.')) ?? false;

const unauthenticated = (service: string, detail: string, error: string): Problem =>
  problem(401, 'unauthenticated', { detail, headers: { 'www-authenticate': `Bearer realm="${service}"${error}` } });

const forbidden = (service: string, needed: string): Problem =>
  problem(403, 'forbidden', {
    detail: `This needs the permission ${needed}.`,
    headers: { 'www-authenticate': `Bearer realm="${service}", error="insufficient_scope", scope="${needed}"` },
    members: { permission: needed },
  });
