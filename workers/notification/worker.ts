import { randomUUID } from 'node:crypto';
import { type Delivery, isDelayedByProvider, isPending } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent, NotificationEvent } from '../../domain/notification/events.ts';
import type { Notification, NotificationCommand, NotificationRejection, Requested } from '../../domain/notification/notification.ts';
import type { Recipient } from '../../domain/notification/recipient.ts';
import type { Addresses } from '../../domain/notification/request.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
import type { JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { type Deliver, type DeliverSettings, deliver, type Tried } from './deliver.ts';
import { addressesOf, type Dispatch, dispatch, type Known } from './dispatch.ts';
import { horizonMs, notificationJob, notificationQueue } from './jobs.ts';
import { type Limits, noLimits } from './limits.ts';
import { type Making, messageFor, type Prepared, prepare, type Rendering } from './messages.ts';
import { recordAll } from './record-all.ts';

export type NotificationHandler = Handler<Notification, NotificationCommand, NotificationEvent, NotificationRejection>;

/** What is known of somebody, with everything in it that had happened by that position of the log. */
export type RecipientLookup = (who: { userId: string | null; to: Addresses }, since: Position) => Promise<Recipient>;

export type WorkerSettings = Rendering &
  DeliverSettings & {
    notifications: Pick<NotificationHandler, 'load' | 'handle' | 'current'>;
    jobs: Pick<Jobs, 'add'>;
    recipients: RecipientLookup;
    addressId: Known['addressId'];
    limits?: Limits;
    /** The link that ends messages of this kind; undefined where there is to be none. */
    unsubscribeUrl?: (making: Making) => string | undefined;
    /** Makes the HTML of a mail tell of its opening and of clicks; undefined where it is not to. */
    track?: (making: Making) => ((html: string) => string) | undefined;
    /** What signs a webhook to that address, the newest first. */
    secretsFor?: (url: string) => Promise<readonly string[]>;
    now?: () => Date;
    /** A delivery that could not be made in this time since it was first tried has failed. */
    giveUpAfterMs?: number;
    /** A channel that takes longer than this doesn't hold up the record of the others. */
    patienceMs?: number;
  };

const threeDays = 3 * 24 * 3_600_000;

/**
 * Sends what is due of one notification, and records all outcomes in one append. A first delay is recorded, so that it can be seen; the
 * tries after it are not, until they end. Throws while something is to be tried again: the queue's backoff does that.
 */
export const notificationWorker = (settings: WorkerSettings): JobHandler => {
  const { notifications, jobs, now = () => new Date(), limits = noLimits, giveUpAfterMs = threeDays, patienceMs = 2_000 } = settings;
  const tries = openTries(settings, giveUpAfterMs);

  const putOff = async (data: Readonly<Record<string, string>>, deliveries: readonly Delivery[], at: Date) => {
    const times = new Set(deliveries.flatMap((one) => (isPending(one) && one.until !== undefined && one.until > at.toISOString() ? [one.until] : [])));
    await jobs.add(jobsAt([...times], data, at));
  };

  return async ({ id: jobId, data, attempt }) => {
    const { notificationId = '' } = data;
    const at = now();
    // At a first try what this process knows will do: it knows its own outcomes, and those of others a moment later, and what can't be taken back bears a mark.
    const loaded = await (attempt === 1 ? notifications.current(notificationId) : notifications.load(notificationId));
    if (loaded?.state.status !== 'requested') throw new Error(`notification ${notificationId} was to be sent and isn't there`);
    const notification = loaded.state;
    // What is told in a digest is sent by that.
    if (notification.digest || !notification.deliveries.some(isPending)) return;
    if (notification.sendAt !== undefined && notification.sendAt > at.toISOString()) return jobs.add(jobsAt([notification.sendAt], data, at));

    const recipient = await settings.recipients({ userId: notification.userId, to: notification.to ?? {} }, loaded.position);
    const known = { recipient, addressId: settings.addressId };
    const { events, toSend } = await dispatch({ notificationId, notification, known, limits, at: at.toISOString() });
    const record = async (results: readonly DeliveryEvent[]) => {
      const handled = await notifications.handle(notificationId, { type: 'RecordResults', results }, context(data));
      if ('rejected' in handled) throw new Error(`the results of notification ${notificationId} were refused: ${handled.rejected}`);
      tries.recorded(results);
      if (handled.state.status === 'requested') await putOff(data, handled.state.deliveries, at);
    };
    const running = await tries.begin({ notificationId, notification, recipient, toSend, attempt, at, jobId });
    await recordAll(running, { deliveries: notification.deliveries, events, record, patienceMs });
    // Put off by an earlier try that ended before it could make the job.
    if (events.length === 0 && toSend.length === 0) await putOff(data, notification.deliveries, at);
  };
};

const jobsAt = (times: readonly string[], data: Readonly<Record<string, string>>, at: Date) => {
  const { notificationId = '', causationId = notificationId, correlationId = notificationId, traceparent } = data;
  const about = { notificationId, at: data.at ?? at.toISOString(), causationId, correlationId, ...(traceparent !== undefined && { traceparent }) };
  const near = times.filter((until) => Date.parse(until) - at.getTime() <= horizonMs);
  return near.map((until) => notificationJob(about, { until, nowMs: at.getTime() }));
};

const context = ({ notificationId = '', correlationId = notificationId, causationId = notificationId, traceparent }: Readonly<Record<string, string>>) => ({
  commandId: randomUUID(),
  actor: 'worker:notification',
  correlationId,
  causationId,
  ...(traceparent !== undefined && { traceparent }),
});

type Round = {
  notificationId: string;
  notification: Requested;
  recipient: Recipient;
  toSend: Dispatch['toSend'];
  attempt: number;
  at: Date;
  jobId: string;
};

/** The tries of this process: what a provider has said is kept until the event store has it, and isn't asked for again. */
const openTries = (settings: WorkerSettings, giveUpAfterMs: number) => {
  const attemptDelivery: Deliver = deliver(settings);
  const unrecorded = new Map<string, Tried>();

  const make = async (making: Making, prepared: Extract<Prepared, { status: 'ready' }>) => {
    const { addresses } = making;
    const secrets = making.delivery.channel === 'webhook' && addresses.webhookUrl !== undefined ? await settings.secretsFor?.(addresses.webhookUrl) : undefined;
    const unsubscribeUrl = settings.unsubscribeUrl?.(making);
    const track = settings.track?.(making);
    const more = { ...(secrets && { secrets }), ...(unsubscribeUrl !== undefined && { unsubscribeUrl }), ...(track && { track }) };
    return messageFor({ ...making, ...more }, prepared.texts);
  };

  return {
    recorded: (events: readonly DeliveryEvent[]) => {
      for (const event of events) unrecorded.delete(event.data.deliveryId);
    },
    begin: async ({ notificationId, notification, recipient, toSend, attempt, at, jobId }: Round): Promise<readonly Promise<Tried>[]> => {
      if (toSend.length === 0) return [];
      const addresses = addressesOf(notification, recipient);
      const mail = toSend.find(({ channel }) => channel === 'email');
      const unsubscribeUrl = mail && settings.unsubscribeUrl?.({ notificationId, notification, delivery: mail, addresses });
      const channels = toSend.map(({ channel }) => channel);
      const prepared = await prepare(notification, { recipient, channels, beside: { unsubscribeUrl: unsubscribeUrl ?? null } }, settings);
      return toSend.map(async (delivery) => {
        const known = unrecorded.get(delivery.id);
        if (known) return known;
        const { delayed } = delivery.facts;
        const number = Math.max(attempt, (delayed?.attempt ?? 0) + 1);
        // Counted from the first try: after a long outage of ours everything is tried more than once.
        const last = delayed !== undefined && isDelayedByProvider(delivery) && at.getTime() - Date.parse(delayed.at) > giveUpAfterMs;
        const one = { notificationId, notification, delivery, attempt: number, at: at.toISOString(), last, jobId };
        const tried = await attemptDelivery(one, prepared, () =>
          prepared.status === 'ready' ? make({ notificationId, notification, delivery, addresses }, prepared) : Promise.reject(new Error(prepared.reason)),
        );
        if (!tried.again) unrecorded.set(delivery.id, tried);
        return tried;
      });
    },
  };
};

export type RunWorker = Omit<WorkerSettings, 'jobs'> & { jobs: Pick<Jobs, 'add' | 'work'>; concurrency?: number };

/** Works the queue that `notificationReaction` fills; so many at once, since each waits for others most of its time. */
export const runNotificationWorker = ({ jobs, concurrency = 96, ...settings }: RunWorker): Promise<{ stop: () => Promise<void> }> =>
  jobs.work(notificationQueue, notificationWorker({ ...settings, jobs }), { concurrency });
