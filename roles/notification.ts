import { batchRoute } from '../command/notification/batch-route.ts';
import { feedRoutes } from '../command/notification/feed-routes.ts';
import { feedTokenRoute } from '../command/notification/feed-token-route.ts';
import { limitsRoutes } from '../command/notification/limits-routes.ts';
import { notificationRoutes } from '../command/notification/routes.ts';
import { notificationPublicTypes } from '../platform/bus/public-events.ts';
import type { Engine } from '../projections/engine.ts';
import { feedItems } from '../projections/notification/feed-items.ts';
import { channelAnalytics, notificationAnalytics } from '../projections/notification/notification-analytics.ts';
import { notificationDetails } from '../projections/notification/notification-details.ts';
import { notificationList } from '../projections/notification/notification-list.ts';
import { recipients as recipientDocuments } from '../projections/notification/recipients.ts';
import { templateList } from '../projections/notification/templates.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { openStandings } from '../providers/message/standings.ts';
import { channelsQuery } from '../query/notification/channels-query.ts';
import { contactsOf } from '../query/notification/contacts-of.ts';
import { feedLive } from '../query/notification/feed-live.ts';
import { feedQueries } from '../query/notification/feed-queries.ts';
import { feedReader } from '../query/notification/feed-reader.ts';
import { notificationAnalyticsQuery } from '../query/notification/notification-analytics-query.ts';
import { notificationQueries } from '../query/notification/notification-queries.ts';
import { outboxQuery } from '../query/notification/outbox-query.ts';
import { receiptTypes } from '../workers/notification/receipts.ts';
import { openEndpoints, webhookPost } from './endpoints.ts';
import type { Foundation } from './foundation.ts';
import { healthOfSenders } from './messages/health.ts';
import { openReceiptWebhooks } from './messages/receipts.ts';
import { routesOfExperiments } from './notification-experiments.ts';
import { templatePages } from './notification-templates.ts';
import { trackingHttp } from './notification-tracking.ts';
import { peopleHttp, personalRecords } from './people.ts';
import { type Service, serve } from './serve.ts';

/** The notification service's HTTP and WebSocket side. */
export const runNotification = async (foundation: Foundation, engine: Engine | undefined): Promise<Service> => {
  const { config, stores, notifications, notificationLimits, feeds, feedTokens, outbox, pool } = foundation;
  const items = await openReadModel(feedItems, stores, engine);
  const reader = feedReader(items);
  const details = await openReadModel(notificationDetails, stores, engine);
  const list = await openReadModel(notificationList, stores, engine);
  const recipients = await openReadModel(recipientDocuments, stores, engine);
  const payments = await openReadModel(paymentDocuments, stores, engine);
  const paidBy = { kind: 'payment', model: payments, owner: 'customerId', orderBy: 'createdAt' } as const;
  const all = await openReadModel(notificationAnalytics, stores, engine);
  const channels = await openReadModel(channelAnalytics, stores, engine);
  const { chooseTemplate } = await foundation.openExperiments();
  const asking = { notifications, chooseTemplate, contacts: contactsOf({ ...foundation, recipients }), webhooks: webhookPost(config) };
  const standings = await openStandings(pool);
  return serve(foundation, {
    service: 'notification',
    title: 'Notifications',
    description: 'Notifications by e-mail and in-app, the feed, and what became of each.',
    port: config.NOTIFICATION_PORT,
    portVariable: 'NOTIFICATION_PORT',
    publicEvents: { sends: notificationPublicTypes, receives: receiptTypes },
    websocket: true,
    outside: healthOfSenders(standings),
    credentials: [feedTokens.authenticate],
    frontEnds: { under: '/api/v1/feed/', origins: originsOf(config.FEED_ORIGINS) },
    routes: [
      limitsRoutes({ handler: notificationLimits, kept: await foundation.currentLimits() }),
      notificationRoutes(asking),
      batchRoute(asking),
      notificationQueries({ details, list, notifications }),
      feedRoutes({ feeds, items: reader }),
      feedQueries({ reader }),
      feedLive({ items, reader, pollMs: engine ? 1_000 : 50 }),
      feedTokenRoute({ tokens: feedTokens }),
      notificationAnalyticsQuery({ analytics: { all, channels } }),
      outboxQuery({ outbox }),
      channelsQuery({ standings }),
      ...(await openEndpoints(foundation, engine, webhookPost(config))),
      ...(await routesOfExperiments(foundation, engine)),
      ...peopleHttp({ ...foundation, recipients, personal: [...personalRecords(list, items), paidBy] }),
      ...trackingHttp({ ...foundation, publicUrl: foundation.addresses.notification, providers: await openReceiptWebhooks(config) }),
      ...templatePages({ ...foundation, templateList: await openReadModel(templateList, stores, engine) }),
    ],
  });
};

const originsOf = (list = ''): readonly string[] => list.split(',').flatMap((origin) => origin.trim() || []);
