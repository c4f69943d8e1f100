import type { Logger } from 'pino';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { MessageWebhook, MessageWebhookCommand, MessageWebhookEvent } from '../../domain/notification/message-webhook.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { SuppressionReason } from '../../domain/notification/suppression.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { Job, JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Receipt, ReceiptWebhooks } from '../../providers/message/channel.ts';
import type { Reaction } from '../reaction.ts';
import type { SuppressAddress } from './suppress.ts';
import type { NotificationHandler } from './worker.ts';

export type MessageWebhookHandler = Handler<MessageWebhook, MessageWebhookCommand, MessageWebhookEvent, never>;

/** Which delivery a provider's reference belongs to; undefined where that isn't known, or not yet. */
export type FindDelivery = (provider: string, reference: string) => Promise<{ notificationId: string; deliveryId: string } | undefined>;

export type ReceiptsSettings = {
  messageWebhooks: Pick<MessageWebhookHandler, 'load'>;
  notifications: Pick<NotificationHandler, 'load' | 'handle'>;
  providers: ReadonlyMap<string, ReceiptWebhooks>;
  find: FindDelivery;
  suppress: SuppressAddress;
  /** Fetches an address of the provider's own, by which a subscription is confirmed. */
  confirm: (url: string) => Promise<void>;
  log: Pick<Logger, 'info' | 'warn'>;
  now?: () => Date;
  /** How long a receipt is held whose message isn't known: it may come before our own record of having sent it. Milliseconds. */
  holdMs?: number;
};

export const receiptsQueue = 'message-webhooks';

/** A job for each webhook that a provider of messages has sent. */
export const messageWebhookReaction: Reaction = {
  name: 'message-webhooks',
  types: ['MessageWebhookReceived'],
  toJobs: ({ id, streamId, metadata }): readonly Job[] => [
    { queue: receiptsQueue, id: streamId, data: { webhookId: streamId, causationId: id, correlationId: metadata.$correlationId } },
  ],
};

/** Applies a stored webhook. Each receipt changes something once, whenever and however often it comes. Throws while a message isn't known yet. */
export const receiptsWorker = (settings: ReceiptsSettings): JobHandler => {
  const { messageWebhooks, providers, confirm, log, now = () => new Date(), holdMs = 15 * 60_000 } = settings;
  const apply = applying(settings);

  return async ({ data }) => {
    const webhook = (await messageWebhooks.load(data.webhookId ?? ''))?.state;
    if (webhook?.status !== 'received') throw new Error(`webhook ${data.webhookId} was to be applied and isn't there`);
    const provider = providers.get(webhook.provider);
    if (!provider) throw new Error(`a webhook of ${webhook.provider} waits, which is not set up: set its keys, or leave it`);
    if (webhook.body === undefined) return;
    const { receipts, confirm: url } = provider.read(webhook.body, {}, webhook.url ?? '');
    if (url !== undefined) await confirm(url);
    let unknown = 0;
    for (const receipt of receipts) if (!(await apply(webhook.provider, receipt, data))) unknown += 1;
    if (unknown === 0) return;
    if (now().getTime() - Date.parse(webhook.at) < holdMs) throw new Error(`${unknown} receipts of ${webhook.provider} are of messages that are not known yet`);
    log.info({ provider: webhook.provider, webhookId: data.webhookId, unknown }, 'receipts of messages that are none of ours are left');
  };
};

/** False where the message isn't known. */
const applying = ({ notifications, find, suppress }: ReceiptsSettings) => {
  const record = async (provider: string, receipt: Receipt, found: { notificationId: string; deliveryId: string }, trace: Readonly<Record<string, string>>) => {
    const event = eventOf(provider, receipt, found.deliveryId);
    if (!event) return;
    const { correlationId = found.notificationId, causationId = found.notificationId } = trace;
    const context = { commandId: v5(`${provider} ${receipt.eventId}`, found.notificationId), actor: `provider:${provider}`, correlationId, causationId };
    const handled = await notifications.handle(found.notificationId, { type: 'RecordResults', results: [event] }, context);
    if ('rejected' in handled) throw new Error(`a receipt of notification ${found.notificationId} was refused: ${handled.rejected}`);
  };

  return async (provider: string, receipt: Receipt, trace: Readonly<Record<string, string>>): Promise<boolean> => {
    const { reference, address, at } = receipt;
    // Somebody's answer, which names no message of ours.
    if (reference === '') {
      if (address !== undefined) await suppress({ channel: 'sms', address, reason: 'stop', at, provider });
      return true;
    }
    const found = await find(provider, reference);
    if (!found) return false;
    const reason = suppressionOf(receipt);
    if (reason !== undefined) {
      const state = (await notifications.load(found.notificationId))?.state;
      const what = state?.status === 'requested' ? suppressingFor(state, found.deliveryId, reason) : undefined;
      if (what) await suppress({ ...what, at, provider, notificationId: found.notificationId });
    }
    await record(provider, receipt, found, trace);
    return true;
  };
};

/** `sent` is no news: that the provider has taken it is known. */
const eventOf = (provider: string, { what, at, reference, reason = what }: Receipt, deliveryId: string): DeliveryEvent | undefined => {
  const said = { deliveryId, at: new Date(at).toISOString(), provider };
  switch (what) {
    case 'sent':
      return undefined;
    case 'delivered':
      return { type: 'DeliveryDelivered', data: { ...said, reference } };
    case 'bounced':
      return { type: 'DeliveryBounced', data: { ...said, reason } };
    case 'failed':
      return { type: 'DeliveryUndelivered', data: { ...said, reason } };
    case 'opened':
    case 'clicked':
    case 'complained':
    case 'unsubscribed':
      return { type: 'EngagementRecorded', data: { ...said, what } };
  }
};

const suppressionOf = ({ what, permanent }: Receipt): SuppressionReason | undefined => {
  if (what === 'bounced' && permanent) return 'hard_bounce';
  if (what === 'complained') return 'complaint';
  return what === 'unsubscribed' ? 'unsubscribed' : undefined;
};

/** By the id that was noted when it was sent: the person may have another address now. What was unsubscribed from was the message's category. */
const suppressingFor = ({ deliveries, category, userId }: Requested, deliveryId: string, reason: SuppressionReason) => {
  const delivery = deliveries.find(({ id }) => id === deliveryId);
  if (delivery?.addressId === undefined) return undefined;
  return { channel: delivery.channel, id: delivery.addressId, address: null, userId, reason, category: reason === 'unsubscribed' ? category : null };
};

export type RunReceiptsOfProviders = ReceiptsSettings & { jobs: Pick<Jobs, 'work'> };

export const runReceiptsOfProviders = ({ jobs, ...settings }: RunReceiptsOfProviders): Promise<{ stop: () => Promise<void> }> =>
  jobs.work(receiptsQueue, receiptsWorker(settings), { concurrency: 16 });
