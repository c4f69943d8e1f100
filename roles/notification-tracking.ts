import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { receiptsRoutes } from '../command/notification/receipts-routes.ts';
import { trackingRoutes } from '../command/notification/tracking-routes.ts';
import type { Config } from '../platform/config.ts';
import { trackedHtml } from '../platform/tracking/tracked-html.ts';
import type { Engine } from '../projections/engine.ts';
import { deliveryReferences, referenceId } from '../projections/notification/delivery-references.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import type { ReceiptWebhooks } from '../providers/message/channel.ts';
import { messageWebhookReaction, runReceiptsOfProviders } from '../workers/notification/apply-receipts.ts';
import { runForgetting } from '../workers/notification/forget-webhooks.ts';
import type { Making } from '../workers/notification/messages.ts';
import { suppressAddress } from '../workers/notification/suppress.ts';
import { runReaction } from '../workers/run-reaction.ts';
import type { Foundation } from './foundation.ts';

type Providers = { providers: ReadonlyMap<string, ReceiptWebhooks> };

/** What providers report, and what mails tell of their readers. */
export const trackingHttp = (
  parts: Pick<Foundation, 'messageWebhooks' | 'notifications' | 'tracking'> & Providers & { publicUrl: () => string },
): readonly FastifyPluginAsyncTypebox[] => [receiptsRoutes(parts), trackingRoutes({ notifications: parts.notifications, links: parts.tracking })];

/** Mails that tell of their readers, as far as that is wanted; what is critical never does. */
export const trackingForSending = ({ tracking, config }: Pick<Foundation, 'tracking'> & { config: Pick<Config, 'EMAIL_TRACKING'> }) => {
  const told = { opens: config.EMAIL_TRACKING.startsWith('opens'), clicks: config.EMAIL_TRACKING.endsWith('clicks') };
  return {
    track: ({ notificationId, notification, delivery }: Making) =>
      notification.priority === 'critical' || config.EMAIL_TRACKING === 'off'
        ? undefined
        : (html: string) => trackedHtml(html, { notificationId, deliveryId: delivery.id }, tracking, told),
  };
};

type Running = Pick<
  Foundation,
  'stores' | 'jobs' | 'tail' | 'checkpoints' | 'log' | 'messageWebhooks' | 'notifications' | 'suppressions' | 'addressIds' | 'personalData'
>;

/** Applies what providers report. */
export const runTracking = async (foundation: Running & Providers, engine: Engine | undefined): Promise<readonly { stop: () => Promise<void> }[]> => {
  const { stores, jobs, tail, checkpoints, log, messageWebhooks, notifications, providers, personalData } = foundation;
  const references = await openReadModel(deliveryReferences, stores, engine);
  return [
    await runReceiptsOfProviders({
      messageWebhooks,
      notifications,
      providers,
      find: async (provider, reference) => (await references.get(referenceId(provider, reference)))?.document,
      suppress: suppressAddress(foundation),
      confirm: fetchOnce,
      log,
      jobs,
    }),
    await runReaction(messageWebhookReaction, { tail, jobs, checkpoints, log }),
    runForgetting(personalData, log),
  ];
};

/** The address was signed, and is one of the provider's own: Amazon's, which wants to be asked once. */
const fetchOnce = async (url: string): Promise<void> => {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the confirmation of a subscription was answered with ${answer.status}`);
};
