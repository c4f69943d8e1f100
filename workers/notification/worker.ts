import { randomUUID } from 'node:crypto';
import { type Delivery, isPending } from '../../domain/notification/delivery.ts';
import type {
  DeliveryEvent,
  Notification,
  NotificationCommand,
  NotificationEvent,
  NotificationRejection,
  Requested,
} from '../../domain/notification/notification.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import type { Renderer } from '../../platform/templates/liquid.ts';
import type { Templates } from '../../platform/templates/template.ts';
import type { Senders } from '../../providers/message/sender.ts';
import type { Reaction } from '../reaction.ts';
import { deliver, type Tried } from './deliver.ts';
import type { DeliveryAttempts } from './delivery-attempts.ts';
import { prepare } from './messages.ts';

export type NotificationHandler = Handler<Notification, NotificationCommand, NotificationEvent, NotificationRejection>;

export const notificationQueue = 'notifications';

/** One job for a notification, however many channels. */
export const notificationReaction: Reaction = {
  name: 'send-notifications',
  types: ['NotificationRequested'],
  toJobs: ({ id, streamId, at, metadata }) => [
    {
      queue: notificationQueue,
      id: streamId,
      data: {
        notificationId: streamId,
        at,
        causationId: id,
        correlationId: metadata.$correlationId,
        ...(metadata.traceparent !== undefined && { traceparent: metadata.traceparent }),
      },
    },
  ],
};

export type WorkerSettings = {
  notifications: Pick<NotificationHandler, 'load' | 'handle' | 'waitUntil'>;
  templates: Templates;
  renderer: Renderer;
  senders: Senders;
  attempts: DeliveryAttempts;
  now?: () => Date;
  /** A delivery that could not be made in this time has failed. */
  giveUpAfterMs?: number;
  /** A channel that takes longer than this doesn't hold up the record of the others. */
  patienceMs?: number;
  /** Older than this, a job that seems to be the first may be one taken over from a worker that was killed: less than such a take-over takes. */
  freshMs?: number;
};

/** How long a first try waits for the news of its own request, in milliseconds, before it reads the stream. */
const recallMs = 500;

const threeDays = 3 * 24 * 3_600_000;

/**
 * Sends what is still to be sent of one notification, and records all outcomes in one append. A first delay is recorded, so that it can
 * be seen; the tries after it are not, until they end. Throws while something is to be tried again: the queue's backoff does that.
 */
export const notificationWorker = (settings: WorkerSettings): JobHandler => {
  const { notifications, now = () => new Date(), giveUpAfterMs = threeDays, patienceMs = 2_000, freshMs = 4_000 } = settings;
  const attemptDelivery = deliver(settings);
  // Told by a provider, and not yet taken by the event store: must not be forgotten, or asked for again.
  const unrecorded = new Map<string, Tried>();

  /** At a first try nothing can have been sent: what this process knows of the request will do, without a read. */
  const recall = (id: string) => notifications.waitUntil(id, ({ status }) => status === 'requested', { timeoutMs: recallMs });

  return async ({ data, attempt }) => {
    const { notificationId = '', traceparent } = data;
    const fresh = attempt === 1 && now().getTime() - Date.parse(data.at ?? '') < freshMs;
    const loaded = (fresh ? await recall(notificationId) : undefined) ?? (await notifications.load(notificationId));
    if (loaded?.state.status !== 'requested') throw new Error(`notification ${notificationId} was to be sent and isn't there`);
    const notification = loaded.state;
    const pending = notification.deliveries.filter(isPending);
    if (pending.length === 0) return;

    const prepared = await prepare(notification, settings);
    const at = now();
    const last = at.getTime() - Date.parse(loaded.createdAt) > giveUpAfterMs;
    const tries = pending.map(async (delivery) => {
      const known = unrecorded.get(delivery.id);
      if (known) return known;
      const number = Math.max(attempt, (delivery.facts.delayed?.attempt ?? 0) + 1);
      const tried = await attemptDelivery({ notificationId, notification, delivery, attempt: number, at: at.toISOString(), last }, prepared);
      if (!tried.again) unrecorded.set(delivery.id, tried);
      return tried;
    });
    const record = async (events: readonly DeliveryEvent[]) => {
      const handled = await notifications.handle(notificationId, { type: 'RecordResults', results: events }, context(data, traceparent));
      if ('rejected' in handled) throw new Error(`the results of notification ${notificationId} were refused: ${handled.rejected}`);
      for (const event of events) unrecorded.delete(event.data.deliveryId);
    };
    await recordAll(tries, { notification, record, patienceMs });
  };
};

const context = (data: Readonly<Record<string, string>>, traceparent: string | undefined) => ({
  commandId: randomUUID(),
  actor: 'worker:notification',
  correlationId: data.correlationId ?? data.notificationId ?? '',
  causationId: data.causationId ?? data.notificationId ?? '',
  ...(traceparent !== undefined && { traceparent }),
});

type Recording = { notification: Requested; record: (events: readonly DeliveryEvent[]) => Promise<void>; patienceMs: number };

/** One append for all; two where a channel is so slow that the others would wait for it. */
const recordAll = async (tries: readonly Promise<Tried>[], { notification, record, patienceMs }: Recording): Promise<void> => {
  const tried: Tried[] = [];
  const broken: unknown[] = [];
  const all = Promise.all(
    tries.map((one) =>
      one.then(
        (result) => tried.push(result),
        (error: unknown) => broken.push(error),
      ),
    ),
  );
  const recordSince = async (from: number): Promise<number> => {
    const until = tried.length;
    const events = tried.slice(from, until).flatMap(({ event }) => (isNews(event, notification.deliveries) ? [event] : []));
    if (events.length > 0) await record(events);
    return until;
  };
  await soonest(all, patienceMs);
  const recorded = await recordSince(0);
  await all;
  await recordSince(recorded);
  if (broken.length > 0) throw broken[0];
  const reasons = tried.flatMap((one) => (one.again ? [one.reason] : []));
  if (reasons.length > 0) throw new Error(`not everything could be sent yet: ${reasons.join('; ')}`);
};

const soonest = (work: Promise<unknown>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(patience);
      resolve();
    });
  });

// Only the first delay is worth an append.
const isNews = (event: DeliveryEvent, deliveries: readonly Delivery[]): boolean =>
  event.type !== 'DeliveryDelayed' || deliveries.find(({ id }) => id === event.data.deliveryId)?.facts.delayed === undefined;

export type RunWorker = WorkerSettings & { jobs: Pick<Jobs, 'work'>; concurrency?: number };

/** Works the queue that `notificationReaction` fills. */
export const runNotificationWorker = ({ jobs, concurrency = 32, ...settings }: RunWorker): Promise<{ stop: () => Promise<void> }> =>
  jobs.work(notificationQueue, notificationWorker(settings), { concurrency });
