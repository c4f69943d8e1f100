// The live feed on one process: every read model on one tail, and the HTTP side with its sockets.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pino from 'pino';
import { notificationCatalogue } from '../../domain/notification/events.ts';
import { feedCatalogue } from '../../domain/notification/feed.ts';
import { paymentCatalogue } from '../../domain/payment/events.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openTail } from '../../platform/event-store/open-tail.ts';
import { apiKey, apiKeys } from '../../platform/http/api-keys.ts';
import { buildApp } from '../../platform/http/app.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { runProjections } from '../../projections/engine.ts';
import { feedItems } from '../../projections/notification/feed-items.ts';
import { openReadModel } from '../../projections/open-read-model.ts';
import { feedLive } from '../../query/notification/feed-live.ts';
import { feedReader } from '../../query/notification/feed-reader.ts';
import { allProjections } from '../all-projections.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { masterKey } from '../master-key.ts';

const { connectionString, postgresUrl, key } = settingsOf<{ connectionString: string; postgresUrl: string; key: string }>();
const pool = openPostgres(postgresUrl, { max: 12 });
const store = openEventStore({ connectionString });
const catalogues = [paymentCatalogue, notificationCatalogue, feedCatalogue];
const tail = openTail({ store, codec: codec({ catalogues, personalData: await openPersonalData(pool, { masterKey }) }) });
const documents = openPostgresDocuments({ pool });
const stores = { documents, postgres: documents };
const log = pino({ level: 'warn' });
const engine = await runProjections({ tail, stores, projections: allProjections, log });
const items = await openReadModel(feedItems, stores, engine);
const app = await buildApp({
  service: 'notification',
  title: 'Notifications',
  description: 'For the bench',
  version: '0.0.0',
  roles: ['notification'],
  authenticate: apiKeys([apiKey('bench', key, ['feed:*'])]),
  checks: () => ({}),
  ready: () => true,
  log,
  metrics: createMetrics(),
  websocket: true,
  routes: [feedLive({ items, reader: feedReader(items) })],
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });

setFlagsFromString('--expose-gc');
const collect: (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void = runInNewContext('gc');

const methods = {
  url: async (_: null): Promise<string> => url,
  /** As V8 does by itself after some idle seconds, though nobody knows after how many. */
  collectGarbage: async (_: null): Promise<void> => {
    for (let n = 0; n < 3; n++) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  },
};
export type FeedServer = typeof methods;

serve(methods, async () => {
  await app.close();
  await engine.stop();
  await tail.close();
  await store.close();
  await pool.end();
});
