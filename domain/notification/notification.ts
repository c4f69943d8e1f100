// One notification to one recipient: the request, and what became of its delivery on each channel.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import { type Delivery, type DeliveryMilestone, deliveryStatus, type Fact, isDelayedByProvider, isPending } from './delivery.ts';
import { kindOf, partOf, withKind } from './delivery-kind.ts';
import { type DeliveryEvent, type NotificationEvent, notificationCatalogue } from './events.ts';
import { type DeliveryKind, hasAddress, type Request } from './request.ts';

export const notificationStream = (id: string): string => `notification-${id}`;

/** Plain JSON: the read model of the details is this very fold. */
export type Notification =
  | { status: 'absent' }
  | ({ status: 'requested'; digestedInto?: string } & Omit<Request, 'deliveries'> & { deliveries: readonly Delivery[] });
export type Requested = Extract<Notification, { status: 'requested' }>;

type FactEvent = Exclude<DeliveryEvent, { type: 'DeliveryPostponed' | 'DeliveryDelayed' | 'DeliveryExpanded' | 'EngagementRecorded' }>;

const milestoneOf: Record<FactEvent['type'], DeliveryMilestone> = {
  DeliverySent: 'sent',
  DeliveryDelivered: 'delivered',
  InAppDelivered: 'delivered',
  DeliveryBounced: 'bounced',
  DeliveryFailed: 'failed',
  DeliveryUndelivered: 'failed',
  DeliverySuppressed: 'suppressed',
  DeliveryUnknown: 'unknown',
};

const evolve = (notification: Notification, event: NotificationEvent): Notification => {
  if (event.type === 'NotificationRequested') {
    return { status: 'requested', ...event.data, deliveries: event.data.deliveries.map((delivery) => ({ ...delivery, facts: {} })) };
  }
  if (notification.status === 'absent') throw new Error(`${event.type} before NotificationRequested`);
  switch (event.type) {
    case 'NotificationCanceled':
      return endPending(notification, 'canceled', event.data.at, event.data.reason ?? 'canceled');
    case 'NotificationDigested':
      return { ...endPending(notification, 'suppressed', event.data.at, 'digested'), digestedInto: event.data.into };
    default:
      return withDelivery(notification, event);
  }
};

const endPending = (notification: Requested, milestone: DeliveryMilestone, at: string, reason: string): Requested => ({
  ...notification,
  deliveries: notification.deliveries.map((delivery) =>
    isPending(delivery) ? withFact(delivery, milestone, { at, attempt: null, provider: null, reference: null, reason }) : delivery,
  ),
});

const withDelivery = (notification: Requested, event: DeliveryEvent): Requested => {
  const delivery = find(notification, event.data.deliveryId);
  if (!delivery) throw new Error(`history names an unknown delivery ${event.data.deliveryId}`);
  return { ...notification, deliveries: notification.deliveries.flatMap((one) => (one === delivery ? changed(one, event) : [one])) };
};

const changed = (delivery: Delivery, event: DeliveryEvent): Delivery[] => {
  switch (event.type) {
    case 'DeliveryExpanded':
      // What was called off as a whole was called off on each device.
      return event.data.into.map((one) => ({ ...one, facts: delivery.facts }));
    case 'DeliveryPostponed':
      return [{ ...delivery, facts: { ...delivery.facts, delayed: factOf(event.data) }, until: event.data.until }];
    case 'DeliverySent': {
      const { addressId } = event.data;
      return [{ ...withFact(delivery, 'sent', factOf(event.data)), ...(addressId !== undefined && { addressId }) }];
    }
    case 'DeliveryDelayed':
      return [{ ...delivery, facts: { ...delivery.facts, delayed: factOf(event.data) } }];
    case 'EngagementRecorded':
      return [{ ...delivery, engaged: { [event.data.what]: event.data.at, ...delivery.engaged } }];
    default:
      return [withFact(delivery, milestoneOf[event.type], factOf(event.data))];
  }
};

const withFact = (delivery: Delivery, milestone: DeliveryMilestone, fact: Fact): Delivery => ({ ...delivery, facts: { [milestone]: fact, ...delivery.facts } });

const factOf = (data: { at: string } & Partial<Omit<Fact, 'at'>>): Fact => ({
  at: data.at,
  attempt: data.attempt ?? null,
  provider: data.provider ?? null,
  reference: data.reference ?? null,
  reason: data.reason ?? null,
  ...(data.before && data.before.length > 0 && { before: data.before }),
});

const find = (notification: Requested, deliveryId: string) => notification.deliveries.find(({ id }) => id === deliveryId);

export type NotificationCommand =
  | { type: 'Request'; request: Request }
  /** What the channels or the providers' receipts reported, in any order, perhaps again. */
  | { type: 'RecordResults'; results: readonly DeliveryEvent[] }
  | { type: 'Cancel'; at: string; reason: string | null }
  | { type: 'RecordDigest'; at: string; into: string };

export type NotificationRejection = 'notification_not_found' | 'delivery_not_found' | 'no_channel' | 'no_address' | 'notification_not_cancelable';

type NotificationDecision = Decision<NotificationEvent, NotificationRejection>;

const decide = (command: NotificationCommand, notification: Notification): NotificationDecision => {
  if (command.type === 'Request') return notification.status === 'absent' ? request(command.request) : accept();
  if (notification.status === 'absent') return reject('notification_not_found');
  switch (command.type) {
    case 'RecordResults':
      return record(command.results, notification);
    case 'Cancel':
      return cancel(command.at, command.reason, notification);
    case 'RecordDigest':
      return digest(command.at, command.into, notification);
  }
};

const request = (asked: Request): NotificationDecision => {
  if (asked.deliveries.length === 0) return reject('no_channel');
  if (!asked.deliveries.every(({ channel }) => hasAddress(channel, asked))) return reject('no_address');
  return accept<NotificationEvent>({ type: 'NotificationRequested', data: asked }, ...withheld(asked));
};

/** Who is held out of an experiment and gets nothing. */
const withheld = (asked: Request): readonly DeliveryEvent[] => {
  const at = asked.experiment?.withheldAt;
  if (at === undefined) return [];
  const suppressed = (deliveryId: string): DeliveryEvent => ({ type: 'DeliverySuppressed', data: { deliveryId, at, reason: 'held_out' } });
  return asked.deliveries.map((delivery) => withKind(suppressed(delivery.id), { ...delivery, facts: {} }, asked));
};

/** What is being sent at this moment may still arrive: it then says so. */
const cancel = (at: string, reason: string | null, notification: Requested): NotificationDecision => {
  const ended = pendingKinds(notification);
  if (ended.length > 0) return accept({ type: 'NotificationCanceled', data: { at, reason, ended, ...partOf(notification) } });
  return notification.deliveries.some(({ facts }) => facts.canceled) ? accept() : reject('notification_not_cancelable');
};

const digest = (at: string, into: string, notification: Requested): NotificationDecision => {
  const ended = pendingKinds(notification);
  return ended.length > 0 ? accept({ type: 'NotificationDigested', data: { at, into, ended, ...partOf(notification) } }) : accept();
};

const pendingKinds = (notification: Requested): readonly DeliveryKind[] =>
  notification.deliveries.filter(isPending).map((delivery) => kindOf(notification, delivery));

/** Each result is judged by what those before it have made of the delivery. */
const record = (results: readonly DeliveryEvent[], notification: Requested): NotificationDecision => {
  const fresh: DeliveryEvent[] = [];
  const elsewhere = devicesNotOf(notification, results);
  let state = notification;
  for (const result of results) {
    const { deliveryId } = result.data;
    const delivery = find(state, deliveryId);
    // What a delivery was expanded into is no part of what is gone: said again, it is known.
    if (
      !delivery &&
      (result.type === 'DeliveryExpanded' ? result.data.into.every(({ id }) => find(state, id) || elsewhere.has(id)) : elsewhere.has(deliveryId))
    )
      continue;
    if (!delivery) return reject('delivery_not_found');
    if (!isNews(result, delivery)) continue;
    fresh.push(withKind(result, delivery, state));
    state = withDelivery(state, result);
  }
  return accept(...fresh);
};

/**
 * Two who sent at once have each expanded a delivery, and the person's devices changed between them: the first have it. What the second did
 * beside them is left out, so that all else that it did is recorded.
 */
const devicesNotOf = (notification: Requested, results: readonly DeliveryEvent[]): ReadonlySet<string> => {
  const late = results.flatMap((one) => (one.type === 'DeliveryExpanded' && !find(notification, one.data.deliveryId) ? one.data.into : []));
  const isExpanded = notification.deliveries.some(({ channel, target }) => channel === 'push' && target !== undefined);
  return new Set(isExpanded ? late.filter(({ id }) => !find(notification, id)).map(({ id }) => id) : []);
};

const isNews = (result: DeliveryEvent, delivery: Delivery): boolean => {
  switch (result.type) {
    case 'DeliveryExpanded':
      // Called off meanwhile, it is still said where it went.
      return ['queued', 'delayed', 'suppressed'].includes(deliveryStatus(delivery));
    case 'DeliveryPostponed':
      return isPending(delivery) && (delivery.until === undefined || delivery.until < result.data.until);
    case 'EngagementRecorded':
      return delivery.engaged?.[result.data.what] === undefined;
    case 'DeliveryDelayed':
      return !isDelayedByProvider(delivery);
    default:
      return delivery.facts[milestoneOf[result.type]] === undefined;
  }
};

export const notification: Decider<Notification, NotificationCommand, NotificationEvent, NotificationRejection> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};

/** What the write side needs to know of notifications. */
export const notificationAggregate = { category: 'notification', decider: notification, catalogue: notificationCatalogue };
