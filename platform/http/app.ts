import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { answerProblems, malformed, send } from './answer-problem.ts';
import { type Authenticate, guard, spokenProtocol } from './authentication.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import { addCommandContext } from './command-context.ts';
import { allowOrigins } from './cross-origin.ts';
import { type Checks, healthRoutes, type Outside } from './health.ts';
import { acceptJson, bodyLimit } from './json-body.ts';
import { answerUnknown } from './not-found.ts';
import { observeRequests } from './observe-requests.ts';
import { describeRoutes } from './openapi.ts';
import { consolePages, documentationRoutes } from './pages.ts';
import { limitRequests, type RequestLimit } from './rate-limit.ts';
import { refuseCardNumbersInUrls } from './refuse-card-numbers.ts';
import { rootRoute } from './root.ts';
import { serializerCompiler } from './serializer.ts';
import { traceIdOf } from './trace-context.ts';
import { validatorCompiler } from './validation.ts';
import './route.ts';

export type AppOptions = {
  service: 'payment' | 'notification';
  title: string;
  description: string;
  version: string;
  roles: readonly string[];
  authenticate: Authenticate;
  limit?: RequestLimit | undefined;
  /** What `/health` looks at. */
  checks: Checks;
  /** What it shows beside that. */
  outside?: Outside;
  /** What `/health/ready` answers. */
  ready: () => boolean;
  log: FastifyBaseLogger;
  metrics: Registry;
  routes: readonly FastifyPluginAsyncTypebox[];
  consoleDirectory?: string | undefined;
  /** Further links of `GET /`: `console`, and the base URLs `payment` and `notification`. Asked at each request: ports may be known late. */
  links?: () => Readonly<Record<string, string>>;
  /** Origins whose pages may call this service: the other service's console. */
  origins?: () => readonly string[];
  /** Origins whose pages may call what is under a path, and nothing else. */
  frontEnds?: { under: string; origins: readonly string[] };
  /** Whether routes with `websocket: true` are served. */
  websocket?: boolean;
  /** Which proxies' `X-Forwarded-*` are believed; none unless given. */
  trustProxy?: string | boolean;
  /** Checks each answer against its route's schema, and fails with 500 if they differ: for tests. */
  checkAnswers?: boolean;
};

/** The HTTP side of a service, ready to listen: everything that all its routes have in common, and its routes. */
export const buildApp = async (options: AppOptions): Promise<FastifyInstance> => {
  const { service, title, description, version, authenticate, limit, metrics, origins = () => [], frontEnds } = options;
  const app = createServer(options);
  answerProblems(app);
  answerBrokenRequests(app);
  answerUnknown(app);
  acceptJson(app);
  addCommandContext(app);
  const describe = describeRoutes(app, { title, description, version });
  allowOrigins(app, (url) => [...origins(), ...(frontEnds && url.startsWith(frontEnds.under) ? frontEnds.origins : [])]);
  guard(app, service, authenticate);
  refuseCardNumbersInUrls(app);
  if (limit) limitRequests(app, limit);
  observeRequests(app, service, metrics);
  rootRoute(app, { name: title, service, version, roles: options.roles, links: options.links ?? (() => ({})) });
  healthRoutes(app, options.checks, options.ready, options.outside);
  documentationRoutes(app, describe);
  if (options.consoleDirectory) await consolePages(app, options.consoleDirectory, origins);
  if (options.websocket) await acceptSockets(app);
  for (const routes of options.routes) await app.register(routes);
  await app.ready();
  return app;
};

const acceptSockets = async (app: FastifyInstance): Promise<void> => {
  const { default: websocket } = await import('@fastify/websocket');
  await app.register(websocket, {
    // Compression would cost each socket hundreds of kilobytes for frames of a few hundred bytes.
    options: { maxPayload: bodyLimit, handleProtocols: spokenProtocol, perMessageDeflate: false },
    // 1001: the server is going away, come back; the plugin's own way gives no reason.
    preClose: (done) => {
      for (const client of app.websocketServer.clients) client.close(1001, 'the server is going away');
      app.websocketServer.close(() => {});
      done();
    },
  });
  // The server no longer owns the socket of an upgrade: one that was refused would stay open, and keep us from closing.
  app.addHook('onResponse', (request, reply, done) => {
    if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
    done();
  });
};

const createServer = ({ log, trustProxy = false, checkAnswers = false }: AppOptions): FastifyInstance => {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: ({ headers }) => traceIdOf(headers.traceparent),
    bodyLimit,
    trustProxy,
    // Closing waits for requests in hand and ends idle connections.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 1_024, ignoreTrailingSlash: false },
    frameworkErrors: (_error, request, reply) => void send(malformed(), request, reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler(checkAnswers));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    done();
  });
  return app;
};
