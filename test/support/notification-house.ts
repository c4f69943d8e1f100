import { randomBytes, randomUUID } from 'node:crypto';
import pino from 'pino';
import { batchRoute } from '../../command/notification/batch-route.ts';
import { feedRoutes } from '../../command/notification/feed-routes.ts';
import { feedTokenRoute } from '../../command/notification/feed-token-route.ts';
import { limitsRoutes } from '../../command/notification/limits-routes.ts';
import { notificationRoutes } from '../../command/notification/routes.ts';
import { contactsAggregate } from '../../domain/notification/contacts.ts';
import { conversionAggregate } from '../../domain/notification/conversion.ts';
import { digestAggregate } from '../../domain/notification/digest.ts';
import { experimentsAggregate } from '../../domain/notification/experiment.ts';
import { feedAggregate } from '../../domain/notification/feed.ts';
import { limitsAggregate } from '../../domain/notification/limits.ts';
import { messageWebhookAggregate } from '../../domain/notification/message-webhook.ts';
import { notificationAggregate } from '../../domain/notification/notification.ts';
import { preferencesAggregate } from '../../domain/notification/preferences.ts';
import { suppressionAggregate } from '../../domain/notification/suppression.ts';
import { templateAggregate } from '../../domain/notification/template.ts';
import { personAggregate } from '../../domain/person.ts';
import { defaultRuleSet } from '../../domain/rule-set.ts';
import { startEventStoreNode } from '../../embedded/event-store/node.ts';
import { addressIds } from '../../platform/address-ids.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { keepCurrent } from '../../platform/event-store/kept.ts';
import { openTail } from '../../platform/event-store/open-tail.ts';
import { apiKey, apiKeys } from '../../platform/http/api-keys.ts';
import { buildApp } from '../../platform/http/app.ts';
import { anyOf } from '../../platform/http/authentication.ts';
import { feedTokens } from '../../platform/http/feed-tokens.ts';
import { openJobs } from '../../platform/jobs/bullmq.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { checkpoints } from '../../platform/postgres/checkpoints.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { memoryRateLimit } from '../../platform/rate-limit/memory.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { renderer } from '../../platform/templates/liquid.ts';
import { readyMadeVersions } from '../../platform/templates/notification/ready-made.ts';
import { openTemplates, type TemplateHandler } from '../../platform/templates/stored-templates.ts';
import type { Template } from '../../platform/templates/template.ts';
import { trackingLinks } from '../../platform/tracking/tracking-links.ts';
import { unsubscribeLinks } from '../../platform/unsubscribe/unsubscribe-links.ts';
import { runProjections } from '../../projections/engine.ts';
import { deliveryReferences } from '../../projections/notification/delivery-references.ts';
import { experimentResults } from '../../projections/notification/experiment-results.ts';
import { feedItems } from '../../projections/notification/feed-items.ts';
import { channelAnalytics, notificationAnalytics } from '../../projections/notification/notification-analytics.ts';
import { notificationDetails } from '../../projections/notification/notification-details.ts';
import { notificationList } from '../../projections/notification/notification-list.ts';
import { recipients as recipientDocuments } from '../../projections/notification/recipients.ts';
import { templateList } from '../../projections/notification/templates.ts';
import { openReadModel } from '../../projections/open-read-model.ts';
import { rebuildProjection } from '../../projections/rebuild.ts';
import type { MessageChannel, ReceiptWebhooks } from '../../providers/message/channel.ts';
import { openOutbox } from '../../providers/message/outbox.ts';
import { contactsOf } from '../../query/notification/contacts-of.ts';
import { feedLive } from '../../query/notification/feed-live.ts';
import { feedQueries } from '../../query/notification/feed-queries.ts';
import { feedReader } from '../../query/notification/feed-reader.ts';
import { notificationAnalyticsQuery } from '../../query/notification/notification-analytics-query.ts';
import { notificationQueries } from '../../query/notification/notification-queries.ts';
import { outboxQuery } from '../../query/notification/outbox-query.ts';
import { openExperiments, routesOfExperiments, runExperiments } from '../../roles/notification-experiments.ts';
import { templatePages } from '../../roles/notification-templates.ts';
import { runTracking, trackingForSending, trackingHttp } from '../../roles/notification-tracking.ts';
import { peopleForSending, peopleHttp, personalRecords } from '../../roles/people.ts';
import { openDeliveryAttempts } from '../../workers/notification/delivery-attempts.ts';
import { runDigests } from '../../workers/notification/digests.ts';
import { notificationReaction } from '../../workers/notification/jobs.ts';
import { openLimits } from '../../workers/notification/limits.ts';
import { sendReceipt } from '../../workers/notification/receipts.ts';
import { runNotificationWorker } from '../../workers/notification/worker.ts';
import { runReaction } from '../../workers/run-reaction.ts';
import { freshDatabase } from './postgres.ts';
import { sendersOf } from './senders.ts';

const aggregates = [
  notificationAggregate,
  digestAggregate,
  limitsAggregate,
  messageWebhookAggregate,
  feedAggregate,
  experimentsAggregate,
  conversionAggregate,
  contactsAggregate,
  preferencesAggregate,
  suppressionAggregate,
  personAggregate,
  templateAggregate,
];

export const houseKey = 'key-of-the-notification-house';

/** `templates`: published before it opens, in their order. `now`: the time that experiments go by. */
type HouseSettings = {
  email?: MessageChannel<'email'>;
  receipts?: ReadonlyMap<string, ReceiptWebhooks>;
  templates?: readonly Template[];
  now?: () => Date;
};

/** The notification service with all its parts in one process: the real node, PostgreSQL, jobs, projections, worker and HTTP. */
export const notificationHouse = async ({ email, receipts = new Map(), templates: more = [], now }: HouseSettings = {}) => {
  const log = pino({ level: 'silent' });
  const database = await freshDatabase();
  const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
  const pool = openPostgres(database.url, { max: 8 });
  const store = openEventStore({ connectionString: node.connectionString });
  const personalData = await openPersonalData(pool, { masterKey: randomBytes(32) });
  const events = codec({ catalogues: aggregates.map(({ catalogue }) => catalogue), personalData });
  const tail = openTail({ store, codec: events });
  const notifications = openHandler(notificationAggregate, { store, codec: events, tail });
  const notificationLimits = openHandler(limitsAggregate, { store, codec: events, tail });
  const digests = openHandler(digestAggregate, { store, codec: events, tail });
  const feeds = openHandler(feedAggregate, { store, codec: events, tail });
  const people = {
    contacts: openHandler(contactsAggregate, { store, codec: events, tail }),
    preferences: openHandler(preferencesAggregate, { store, codec: events, tail }),
    suppressions: openHandler(suppressionAggregate, { store, codec: events, tail }),
    people: openHandler(personAggregate, { store, codec: events, tail }),
    personalData,
    addressIds: addressIds('key'),
    messageWebhooks: openHandler(messageWebhookAggregate, { store, codec: events, tail }),
    tracking: trackingLinks({ key: randomBytes(32).toString('hex'), baseUrl: () => url }),
    unsubscribing: unsubscribeLinks({ key: randomBytes(32).toString('hex'), baseUrl: () => url }),
  };
  const experiments = openHandler(experimentsAggregate, { store, codec: events, tail });
  const conversions = openHandler(conversionAggregate, { store, codec: events, tail });
  const templateStreams = openHandler(templateAggregate, { store, codec: events, tail });
  const documents = openPostgresDocuments({ pool });
  const stores = { documents, postgres: documents };
  const engine = await runProjections({
    tail,
    stores,
    log,
    projections: [
      notificationDetails,
      notificationList,
      notificationAnalytics,
      channelAnalytics,
      feedItems,
      experimentResults,
      recipientDocuments,
      templateList,
      deliveryReferences,
    ],
  });
  const [details, list, items] = await Promise.all([
    openReadModel(notificationDetails, stores, engine),
    openReadModel(notificationList, stores, engine),
    openReadModel(feedItems, stores, engine),
  ]);
  const recipients = await openReadModel(recipientDocuments, stores, engine);
  for (const one of more) await publish(templateStreams, one);
  const templates = await openTemplates({ templates: templateStreams, tail, readyMade: readyMadeVersions });
  const opened = await openExperiments({ experiments, templates, tail, secret: 'secret of the house' });
  const { chooseTemplate } = opened;
  const experimenting = { stores, templates, experiments, conversions, notifications, openExperiments: async () => opened, ...(now && { now }) };
  const outbox = await openOutbox(pool);
  const jobs = await openJobs({ backend: { postgres: database.url }, log });
  const attempts = await openDeliveryAttempts(pool);
  let url = '';
  const rateLimit = memoryRateLimit();
  const kept = await keepCurrent(limitsAggregate, defaultRuleSet, { handler: notificationLimits, tail });
  const worker = await runNotificationWorker({
    jobs,
    notifications,
    templates,
    renderer: renderer(),
    senders: sendersOf({ ...outbox, ...(email && { email }) }),
    attempts,
    ...peopleForSending({ ...people, recipients }),
    ...trackingForSending({ ...people, config: { EMAIL_TRACKING: 'opens_and_clicks' } }),
    limits: openLimits(() => kept.current().rules, rateLimit),
  });
  const tracking = await runTracking({ ...people, stores, jobs, tail, checkpoints: checkpoints(pool), log, notifications, providers: receipts }, engine);
  const digesting = await runDigests({ notifications, digests, templates, jobs });
  const reaction = await runReaction(notificationReaction(), { tail, jobs, checkpoints: checkpoints(pool), log });
  const concluding = await runExperiments({ ...experimenting, pool, log, everyMs: 100 }, engine);
  const reader = feedReader(items);
  const asking = { notifications, chooseTemplate, contacts: contactsOf({ ...people, recipients }) };
  const tokens = feedTokens(randomBytes(32));
  const app = await buildApp({
    service: 'notification',
    title: 'Notifications',
    description: 'For a test',
    version: '0.0.0',
    roles: ['notification'],
    authenticate: anyOf(apiKeys([apiKey('admin', houseKey, ['*:*'])]), tokens.authenticate),
    checks: () => ({}),
    ready: () => true,
    log,
    metrics: createMetrics(),
    websocket: true,
    checkAnswers: true,
    routes: [
      limitsRoutes({ handler: notificationLimits, kept }),
      notificationRoutes(asking),
      batchRoute(asking),
      feedRoutes({ feeds, items: reader }),
      notificationQueries({ details, list, notifications }),
      notificationAnalyticsQuery({
        analytics: { all: await openReadModel(notificationAnalytics, stores, engine), channels: await openReadModel(channelAnalytics, stores, engine) },
      }),
      feedQueries({ reader }),
      feedLive({ items, reader }),
      feedTokenRoute({ tokens }),
      outboxQuery({ outbox }),
      ...(await routesOfExperiments(experimenting, engine)),
      ...peopleHttp({ ...people, notifications, recipients, personal: personalRecords(list, items) }),
      ...trackingHttp({ ...people, notifications, publicUrl: () => url, providers: receipts }),
      ...templatePages({ templateStreams, templates, templateList: await openReadModel(templateList, stores, engine) }),
    ],
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });

  return {
    url,
    pool,
    store,
    jobs,
    list,
    digests,
    notifications,
    templates,
    outbox,
    reader,
    ...people,
    recipients,
    /** Runs `work` while the read model of recipients stands still. */
    whileRecipientsStand: async <T>(work: () => Promise<T>): Promise<T> => engine.runner(recipientDocuments.name)?.hold(work) ?? work(),
    receipt: (event: PublicEvent) => sendReceipt({ notifications, chooseTemplate })(event),
    /** Builds the read model of the feeds anew, beside the live one, and lets it take over. */
    rebuildFeeds: () => rebuildProjection({ tail, stores, projection: feedItems, log, engine }),
    ...callers(url),
    close: async () => {
      await app.close();
      await kept.stop();
      await concluding.stop();
      await reaction.stop();
      await digesting.stop();
      for (const { stop } of tracking) await stop();
      await worker.stop();
      await jobs.close();
      await engine.stop();
      await tail.close();
      await store.close();
      await node.stop();
      await pool.end();
      await database.drop();
    },
  };
};

/** One after another: the first of a key is its version 1, or the next after what comes with the service. */
const publish = async (streams: TemplateHandler, { key, version: _, layouts: __, variables, ...content }: Template): Promise<void> => {
  const command = {
    content: { kind: 'message' as const, ...content, variables: { ...variables }, layouts: {} },
    readyMade: readyMadeVersions.get(key) ?? null,
  };
  const context = () => ({ commandId: randomUUID(), actor: 'test', correlationId: key, causationId: key });
  const created = await streams.handle(key, { type: 'Create', ...command }, context());
  if ('rejected' in created) await streams.handle(key, { type: 'Publish', replacing: null, ...command }, context());
};

const callers = (url: string) => ({
  call: async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${houseKey}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
  },
});

const parsed = (text: string) => (text === '' ? undefined : JSON.parse(text));
