import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { docsPage } from './docs-page.ts';
import type { JsonObject } from './openapi.ts';

/** `/openapi.json`, and the page made of it. */
export const documentationRoutes = (app: FastifyInstance, describe: () => JsonObject): void => {
  const config = { permission: 'open' } as const;
  app.get('/openapi.json', { config, schema: { hide: true } }, async () => describe());
  let page: ReturnType<typeof docsPage> | undefined;
  app.get('/docs', { config, schema: { hide: true } }, async (_request, reply) => {
    page ??= docsPage(describe());
    return reply.type('text/html; charset=utf-8').header('content-security-policy', page.contentSecurityPolicy).send(page.html);
  });
};

/** The console's static pages under `/console`; they may call this service and those of `origins`, and load nothing from anywhere else. */
export const consolePages = async (app: FastifyInstance, directory: string, origins: () => readonly string[]): Promise<void> => {
  app.get('/console', { config: { permission: 'open' }, schema: { hide: true } }, async (_request, reply) => reply.redirect('/console/'));
  await app.register(async (pages) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, permission: 'open' };
      route.schema = { ...route.schema, hide: true };
    });
    pages.addHook('onSend', async (request, reply) => {
      const mail = request.url.split('?', 1)[0]?.endsWith('/mail.html') ?? false;
      reply.headers({ 'content-security-policy': mail ? mailPolicy : policyFor(origins()), 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' });
    });
    await pages.register(fastifyStatic, { root: directory, prefix: '/console/', decorateReply: false });
  });
};

const policyFor = (origins: readonly string[]): string => {
  const reachable = origins.map((url) => new URL(url).origin).flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]);
  const connect = ["'self'", ...reachable].join(' ');
  return `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src ${connect}; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
};

/** The frame that shows a mail: its styles are its own, but it runs, loads and sends nothing. */
const mailPolicy =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
