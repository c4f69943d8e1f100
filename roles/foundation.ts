import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { contactsAggregate } from '../domain/notification/contacts.ts';
import { conversionAggregate } from '../domain/notification/conversion.ts';
import { digestAggregate } from '../domain/notification/digest.ts';
import { endpointAggregate } from '../domain/notification/endpoint.ts';
import { experimentsAggregate } from '../domain/notification/experiment.ts';
import { feedAggregate } from '../domain/notification/feed.ts';
import { limitsAggregate } from '../domain/notification/limits.ts';
import { messageWebhookAggregate } from '../domain/notification/message-webhook.ts';
import { notificationAggregate } from '../domain/notification/notification.ts';
import { preferencesAggregate } from '../domain/notification/preferences.ts';
import { suppressionAggregate } from '../domain/notification/suppression.ts';
import { templateAggregate } from '../domain/notification/template.ts';
import { attentionAggregate } from '../domain/payment/attention.ts';
import { paymentAggregate } from '../domain/payment/payment.ts';
import { reconciliationAggregate } from '../domain/payment/reconciliation.ts';
import { riskRulesAggregate } from '../domain/payment/risk/risk-rules.ts';
import { routingRulesAggregate } from '../domain/payment/routing/rules.ts';
import { type WebhookEvent, webhookAggregate } from '../domain/payment/webhook.ts';
import { personAggregate } from '../domain/person.ts';
import { defaultRuleSet } from '../domain/rule-set.ts';
import { addressIds } from '../platform/address-ids.ts';
import type { Config } from '../platform/config.ts';
import { openPostgresDocuments } from '../platform/documents/postgres.ts';
import { openEventStore } from '../platform/event-store/client.ts';
import { codec } from '../platform/event-store/codec.ts';
import { beforeAll } from '../platform/event-store/event-store.ts';
import { openHandler } from '../platform/event-store/handle.ts';
import { keepCurrent } from '../platform/event-store/kept.ts';
import { openTail } from '../platform/event-store/open-tail.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import { newApiKey } from '../platform/http/api-keys.ts';
import { feedTokens } from '../platform/http/feed-tokens.ts';
import { openJobs } from '../platform/jobs/bullmq.ts';
import { openPersonalData } from '../platform/personal-data/open-personal-data.ts';
import { checkpoints } from '../platform/postgres/checkpoints.ts';
import { openPostgres, type Pool, reachable } from '../platform/postgres/postgres.ts';
import { readyMadeVersions } from '../platform/templates/notification/ready-made.ts';
import { openTemplates } from '../platform/templates/stored-templates.ts';
import { trackingLinks } from '../platform/tracking/tracking-links.ts';
import { unsubscribeLinks } from '../platform/unsubscribe/unsubscribe-links.ts';
import { openWebhookDeliveries } from '../platform/webhook-deliveries/open-webhook-deliveries.ts';
import { openOutbox } from '../providers/message/outbox.ts';
import { secretOf } from '../providers/message/webhook/signature.ts';
import { openSandbox } from '../providers/payment/sandbox/sandbox.ts';
import { serviceAddresses } from './addresses.ts';
import type { Ground } from './ground.ts';
import { derivedKey, keyFile, newMasterKey } from './keys.ts';
import { openExperiments } from './notification-experiments.ts';
import { openRiskCounters } from './payment-risk.ts';
import { openProviders } from './providers.ts';
import { documentStore, openBroker, openRateLimit } from './stores.ts';

export type Foundation = Awaited<ReturnType<typeof openFoundation>>;
type Settings = { config: Config; ground: Pick<Ground, 'postgresUrl' | 'eventStoreUrl'>; log: Logger; metrics: Registry };

/** What the roles of one process share: one connection pool, one client of the event store, one tail, one handler an aggregate. */
export const openFoundation = async (settings: Settings) => {
  const { config, ground, log } = settings;
  const pool = openPostgres(ground.postgresUrl, {
    max: 12,
    onIdleError: (err) => log.warn({ err }, 'a connection to PostgreSQL broke; another takes its place'),
  });
  await reachable(pool);
  const keys = await openKeys(config);
  const eventLog = await openLog(settings, pool, keys.master);
  const postgresDocuments = openPostgresDocuments({ pool });
  const documents = await documentStore(config.MONGODB_URL, postgresDocuments);
  const jobs = await openJobs({ backend: config.REDIS_URL === undefined ? { postgres: ground.postgresUrl } : { redis: config.REDIS_URL }, log });
  const rateLimit = await openRateLimit(config.REDIS_URL, log);
  const rabbitMq = await openBroker(config.RABBITMQ_URL, log);
  const riskCounters = await openRiskCounters(pool, config.REDIS_URL, derivedKey(keys.master, 'risk counters'), log);
  const addresses = serviceAddresses(config);
  const templates = await openTemplates({ templates: eventLog.handlers.templateStreams, tail: eventLog.tail, readyMade: readyMadeVersions });

  return {
    ...settings,
    ...eventLog.handlers,
    tail: eventLog.tail,
    // Without a broker, what is told of what has happened came by this process's own tail: nothing before it is missing there.
    head: rabbitMq ? eventLog.store.head : async () => eventLog.tail.seen(),
    personalData: eventLog.personalData,
    addressIds: addressIds(derivedKey(keys.master, 'address ids')),
    feedTokens: feedTokens(Buffer.from(derivedKey(keys.master, 'feed tokens'), 'hex')),
    tracking: trackingLinks({ key: derivedKey(keys.master, 'tracking links'), baseUrl: addresses.notification }),
    unsubscribing: unsubscribeLinks({ key: derivedKey(keys.master, 'unsubscribe links'), baseUrl: addresses.notification }),
    storedWebhooks: eventLog.storedWebhooks,
    pool,
    jobs,
    stores: { documents, postgres: postgresDocuments },
    checkpoints: checkpoints(pool),
    rateLimit,
    rabbitMq,
    riskCounters,
    addresses,
    administratorKey: keys.administrator,
    apiKeyFile: config.API_KEY === undefined ? resolve(config.DATA_DIR, 'api-key') : undefined,
    readiness: openReadiness(),
    templates,
    outbox: await openOutbox(pool),
    webhookDeliveries: await openWebhookDeliveries(pool, eventLog.personalData),
    /** Signs webhooks to addresses that are no endpoint's. */
    webhookSecret: secretOf(Buffer.from(derivedKey(keys.master, 'webhooks'), 'hex')),
    /** The limits of notifications in force, for all roles of this process. */
    currentLimits: once(() => keepCurrent(limitsAggregate, defaultRuleSet, { handler: eventLog.handlers.notificationLimits, tail: eventLog.tail })),
    openExperiments: once(() =>
      openExperiments({ ...eventLog.handlers, templates, tail: eventLog.tail, secret: derivedKey(keys.master, 'experiment recipients') }),
    ),
    /** Opened for the first role that needs them, once for all. */
    providers: once(() =>
      openProviders({
        ...settings,
        openSandbox: (names) =>
          openSandbox({
            pool,
            names,
            baseUrl: addresses.payment,
            webhookSecret: derivedKey(keys.master, 'sandbox webhooks'),
            onFailure: (err) => log.warn({ err }, 'a webhook of the sandbox is not delivered yet; it is tried again'),
          }),
      }),
    ),
    checks: {
      eventStore: async () => void (await eventLog.store.head()),
      postgres: async () => void (await pool.query('select 1')),
      documents: documents.ping,
      jobs: jobs.ping,
      ...(rabbitMq && { rabbitMq: rabbitMq.ping }),
    },
    close: async (): Promise<void> => {
      await eventLog.close();
      await jobs.close();
      await rateLimit.close();
      await rabbitMq?.close();
      await riskCounters.velocity.close();
      await documents.close();
      await pool.end();
    },
  };
};

const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
};

const openReadiness = () => {
  let ready = false;
  return {
    isReady: (): boolean => ready,
    ready: (): void => {
      ready = true;
    },
  };
};

const openKeys = async (config: Config): Promise<{ master: Buffer; administrator: string }> => {
  const directory = resolve(config.DATA_DIR);
  return {
    master: Buffer.from(config.MASTER_KEY ?? (await keyFile(directory, 'master-key', newMasterKey)), 'base64'),
    administrator: config.API_KEY ?? (await keyFile(directory, 'api-key', newApiKey)),
  };
};

const aggregates = [
  paymentAggregate,
  webhookAggregate,
  attentionAggregate,
  reconciliationAggregate,
  routingRulesAggregate,
  riskRulesAggregate,
  notificationAggregate,
  digestAggregate,
  limitsAggregate,
  messageWebhookAggregate,
  feedAggregate,
  endpointAggregate,
  experimentsAggregate,
  conversionAggregate,
  contactsAggregate,
  preferencesAggregate,
  suppressionAggregate,
  personAggregate,
  templateAggregate,
];

/** The way to the log: the client, the tail, and a handler for each aggregate. */
const openLog = async ({ ground, log }: Settings, pool: Pool, masterKey: Buffer) => {
  const personalData = await openPersonalData(pool, { masterKey });
  const store = openEventStore({
    connectionString: ground.eventStoreUrl,
    signals: {
      onReconnect: (attempt, err) => log.warn({ attempt, err }, 'the subscription to the event store broke; it starts again'),
      onAmbiguousAppend: (stream, err) => log.warn({ stream, err }, 'an append was not answered; it is looked for'),
    },
  });
  const events = codec({ catalogues: aggregates.map(({ catalogue }) => catalogue), personalData });
  const tail = openTail({
    store,
    codec: events,
    signals: {
      onFollowerError: (name, err, attempt) => log.error({ follower: name, err, attempt }, 'a follower of the log failed; it tries again'),
      onStoreError: (err) => log.warn({ err }, 'the log cannot be read; it is tried again'),
    },
  });
  const handling = { store, codec: events, tail };
  return {
    store,
    tail,
    personalData,
    /** Every webhook there is, oldest first. */
    async *storedWebhooks(): AsyncGenerator<Recorded<WebhookEvent>> {
      for await (const event of store.readAll({ after: beforeAll, filter: { streamPrefixes: [`${webhookAggregate.category}-`] } }))
        yield* (await events.decode([event])).filter(isWebhookEvent);
    },
    handlers: {
      payments: openHandler(paymentAggregate, handling),
      webhooks: openHandler(webhookAggregate, handling),
      attention: openHandler(attentionAggregate, handling),
      reconciliations: openHandler(reconciliationAggregate, handling),
      routingRules: openHandler(routingRulesAggregate, handling),
      riskRules: openHandler(riskRulesAggregate, handling),
      notifications: openHandler(notificationAggregate, handling),
      messageWebhooks: openHandler(messageWebhookAggregate, handling),
      notificationLimits: openHandler(limitsAggregate, handling),
      digests: openHandler(digestAggregate, handling),
      feeds: openHandler(feedAggregate, handling),
      endpoints: openHandler(endpointAggregate, handling),
      experiments: openHandler(experimentsAggregate, handling),
      conversions: openHandler(conversionAggregate, handling),
      contacts: openHandler(contactsAggregate, handling),
      preferences: openHandler(preferencesAggregate, handling),
      suppressions: openHandler(suppressionAggregate, handling),
      people: openHandler(personAggregate, handling),
      // Some kilobytes each, and what is known of them is kept elsewhere.
      templateStreams: openHandler(templateAggregate, { ...handling, cacheSize: 500 }),
    },
    close: async (): Promise<void> => {
      await tail.close();
      await store.close();
    },
  };
};

const isWebhookEvent = (event: Recorded): event is Recorded<WebhookEvent> => event.type === 'PaymentWebhookReceived';
