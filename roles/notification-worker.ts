import type { Bus } from '../platform/bus/bus.ts';
import { runAlone } from '../platform/postgres/run-alone.ts';
import { renderer } from '../platform/templates/liquid.ts';
import type { Engine } from '../projections/engine.ts';
import { notificationList } from '../projections/notification/notification-list.ts';
import { recipients as recipientDocuments } from '../projections/notification/recipients.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { reachedByNews } from '../projections/reached-by-news.ts';
import type { Senders } from '../providers/message/sender.ts';
import { dueNotifications } from '../query/notification/due.ts';
import { openDeliveryAttempts } from '../workers/notification/delivery-attempts.ts';
import { runDigests } from '../workers/notification/digests.ts';
import { notificationReaction } from '../workers/notification/jobs.ts';
import { openLimits } from '../workers/notification/limits.ts';
import { runOperations } from '../workers/notification/operations.ts';
import { runReceipts } from '../workers/notification/receipts.ts';
import { runSweep } from '../workers/notification/sweep.ts';
import { runNotificationWorker } from '../workers/notification/worker.ts';
import { runReaction } from '../workers/run-reaction.ts';
import type { Foundation } from './foundation.ts';
import { openReceiptWebhooks } from './messages/receipts.ts';
import { runExperiments } from './notification-experiments.ts';
import { runTracking, trackingForSending } from './notification-tracking.ts';
import { peopleForSending } from './people.ts';

type Running = { stop: () => Promise<void> };

type Use = { senders: Senders; bus: Bus; directory: { secretsFor: (url: string) => Promise<readonly string[]> } };

/** What sends notifications, and makes them of what others tell; in the order in which it is stopped from the end. */
export const runNotificationParts = async (foundation: Foundation, engine: Engine | undefined, use: Use): Promise<readonly Running[]> => {
  const { config, log, pool, tail, jobs, checkpoints, notifications, digests, rateLimit, templates, stores } = foundation;
  const { senders, bus, directory } = use;
  const listed = await openReadModel(notificationList, stores, engine);
  const { chooseTemplate } = await foundation.openExperiments();
  const limits = await foundation.currentLimits();
  const recipients = await openReadModel(recipientDocuments, stores, engine);
  const news = engine ? undefined : await reachedByNews({ tail, projection: recipientDocuments, model: recipients });
  return [
    ...(news ? [news] : []),
    await runNotificationWorker({
      notifications,
      templates,
      renderer: renderer(),
      senders,
      attempts: await openDeliveryAttempts(pool),
      limits: openLimits(() => limits.current().rules, rateLimit),
      secretsFor: directory.secretsFor,
      jobs,
      ...peopleForSending({ ...foundation, recipients: { ...recipients, ...(news && { reached: news.reached }) } }),
      ...trackingForSending(foundation),
    }),
    await runDigests({ notifications, digests, templates, jobs }),
    runAlone(pool, {
      name: 'sweep of notifications',
      run: async () => runSweep({ due: (before) => dueNotifications(listed, before), jobs, log }),
      onError: (err) => log.warn({ err }, 'the sweep of notifications waits for its turn; it is tried again'),
    }),
    ...(await runTracking({ ...foundation, providers: await openReceiptWebhooks(config) }, engine)),
    await runReceipts({ bus, notifications, chooseTemplate }),
    ...(config.OPERATIONS_EMAIL === undefined ? [] : [await runOperations({ bus, notifications, chooseTemplate, email: config.OPERATIONS_EMAIL })]),
    await runExperiments(foundation, engine),
    await runReaction(notificationReaction(), { tail, jobs, checkpoints, log }),
  ];
};
