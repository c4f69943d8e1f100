import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { endpointAggregate } from '../../domain/notification/endpoint.ts';
import { startEventStoreNode } from '../../embedded/event-store/node.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import { eventStoreBus } from '../../platform/bus/event-store.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { openTail } from '../../platform/event-store/open-tail.ts';
import { apiKey, apiKeys } from '../../platform/http/api-keys.ts';
import { buildApp } from '../../platform/http/app.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { checkpoints as openCheckpoints } from '../../platform/postgres/checkpoints.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { openWebhookDeliveries } from '../../platform/webhook-deliveries/open-webhook-deliveries.ts';
import { runProjections } from '../../projections/engine.ts';
import { endpointList } from '../../projections/notification/endpoint-list.ts';
import { certificate } from '../../providers/message/webhook/fake-server/certificate.ts';
import { newSecret } from '../../providers/message/webhook/signature.ts';
import { type PostSettings, postDefaults } from '../../providers/message/webhook/signed-post.ts';
import { endpointDirectory, openEndpoints, runEndpoints } from '../../roles/endpoints.ts';
import type { WebhookSettings } from '../../workers/notification/endpoints/run-webhooks.ts';
import { webhookMetrics } from '../../workers/notification/endpoints/webhook-metrics.ts';
import { freshDatabase } from './postgres.ts';

const keys = { admin: 'key-of-the-endpoint-house', reader: 'key-that-reads-endpoints', writer: 'key-that-writes-endpoints' };

/** What happens on the platform, told as public events: a private event of this stream each, so that they come over the real bus. */
const news = { category: 'news', catalogue: { NewsTold: {} } } as const;
type News = { type: string; data: Record<string, unknown> };

/** A bus over the log of the house, and a way to tell something on it. */
const newsAggregate = {
  category: news.category,
  catalogue: news.catalogue,
  decider: {
    initialState: { told: 0 },
    decide: (command: News) => ({ accepted: [{ type: 'NewsTold' as const, data: { type: command.type, data: command.data } }] }),
    evolve: ({ told }: { told: number }) => ({ told: told + 1 }),
  },
};

const toPublic = async ({ id, at, streamId, data }: { id: string; at: string; streamId: string; data: object }): Promise<PublicEvent | undefined> => {
  const told: { type?: string; data?: Record<string, unknown> } = { ...data };
  return {
    specversion: '1.0',
    id,
    source: '/test',
    type: told.type ?? '',
    subject: streamId,
    // What happened long ago says so.
    time: typeof told.data?.at === 'string' ? told.data.at : at,
    datacontenttype: 'application/json',
    data: told.data ?? {},
  };
};

/** Webhooks to subscribers with all their parts in one process: the real node, PostgreSQL, bus, projection, worker and HTTP. */
export const endpointHouse = async ({ post: lenient = {} }: { post?: Partial<PostSettings> } = {}) => {
  const log = pino({ level: 'silent' });
  const database = await freshDatabase();
  const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
  const pool = openPostgres(database.url, { max: 8 });
  const store = openEventStore({ connectionString: node.connectionString });
  const personalData = await openPersonalData(pool, { masterKey: randomBytes(32) });
  const events = codec({ catalogues: [endpointAggregate.catalogue, news.catalogue], personalData });
  const tail = openTail({ store, codec: events });
  const endpoints = openHandler(endpointAggregate, { store, codec: events, tail });
  const told = openHandler(newsAggregate, { store, codec: events, tail });
  const documents = openPostgresDocuments({ pool });
  const stores = { documents, postgres: documents };
  const engine = await runProjections({ tail, stores, log, projections: [endpointList] });
  const checkpoints = openCheckpoints(pool);
  const webhookDeliveries = await openWebhookDeliveries(pool, personalData);
  const webhookSecret = newSecret();
  const post: PostSettings = { ...postDefaults, allowOwnNetworks: true, timeoutMs: 1_000, ca: certificate, ...lenient };
  const base = { endpoints, webhookDeliveries, personalData, webhookSecret, stores, tail, checkpoints, log, head: store.head };
  const app = await buildApp({
    service: 'notification',
    title: 'Webhooks',
    description: 'For a test',
    version: '0.0.0',
    roles: ['notification'],
    authenticate: apiKeys([
      apiKey('admin', keys.admin, ['*:*']),
      apiKey('reader', keys.reader, ['endpoints:read']),
      apiKey('writer', keys.writer, ['endpoints:write']),
    ]),
    checks: () => ({}),
    ready: () => true,
    log,
    metrics: createMetrics(),
    checkAnswers: true,
    routes: await openEndpoints(base, engine, post),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });

  const startWorker = async (change: Partial<WebhookSettings> = {}) => {
    const bus = eventStoreBus({ tail, checkpoints, types: ['NewsTold'], toPublic, log });
    const directory = await endpointDirectory(base, engine);
    const metrics = webhookMetrics(createMetrics());
    const running = await runEndpoints(base, { bus, directory, post, metrics, waits: [20, 40, 60, 80, 100, 120, 140], pollMs: 20, leaseMs: 1_500, ...change });
    return { directory, stop: running.stop };
  };

  return {
    url,
    pool,
    store,
    deliveries: webhookDeliveries,
    personalData,
    webhookSecret,
    post,
    startWorker,
    /** Something happens, and everybody may know. Answers the id of its event. */
    tell: async (type: string, data: Record<string, unknown> = {}, subject: string = crypto.randomUUID()): Promise<string> => {
      const context = { commandId: crypto.randomUUID(), actor: 'test', correlationId: subject, causationId: subject };
      const handled = await told.handle(subject, { type, data }, context);
      if ('rejected' in handled) throw new Error(handled.rejected);
      return (await told.history(subject)).events.at(-1)?.id ?? '';
    },
    call: caller(url),
    close: async () => {
      await app.close();
      await engine.stop();
      await tail.close();
      await store.close();
      await node.stop();
      await pool.end();
      await database.drop();
    },
  };
};

const caller =
  (url: string) =>
  async (method: string, path: string, body?: unknown, { as = 'admin', ...headers }: { as?: keyof typeof keys } & Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${keys[as]}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
