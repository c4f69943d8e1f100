// Random histories of notifications, as the rules make them: for properties of what is built from them.
import fc from 'fast-check';
import type { DeliveryEvent, NotificationEvent } from '../../domain/notification/events.ts';
import { type Notification, type NotificationCommand, notification } from '../../domain/notification/notification.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { memoryLog } from './memory-log.ts';

const start = Date.parse('2026-01-31T22:00:00Z');
export const time = (ms: number): string => new Date(start + ms).toISOString();
const minute = 60_000;

const record =
  (result: (at: string) => DeliveryEvent) =>
  (at: string): NotificationCommand => ({ type: 'RecordResults', results: [result(at)] });
const outcomes: Record<string, (deliveryId: string, provider: string) => (at: string) => DeliveryEvent> = {
  sent: (deliveryId, provider) => (at) => ({ type: 'DeliverySent', data: { deliveryId, at, provider, attempt: 1, reference: 'r' } }),
  sentByAnother: (deliveryId, provider) => (at) => ({
    type: 'DeliverySent',
    data: { deliveryId, at, provider, attempt: 1, reference: 'r', before: [{ provider: 'first', reason: 'out of reach' }] },
  }),
  shown: (deliveryId) => (at) => ({
    type: 'InAppDelivered',
    data: { deliveryId, at, provider: 'feed', attempt: 1, userId: 'u', category: 'c', template: null },
  }),
  delayed: (deliveryId, provider) => (at) => ({ type: 'DeliveryDelayed', data: { deliveryId, at, provider, attempt: 1, reason: 'busy' } }),
  postponed: (deliveryId) => (at) => ({
    type: 'DeliveryPostponed',
    data: { deliveryId, at, until: new Date(Date.parse(at) + 2 * minute).toISOString(), reason: 'quiet_hours' },
  }),
  delivered: (deliveryId, provider) => (at) => ({ type: 'DeliveryDelivered', data: { deliveryId, at, provider, reference: 'r' } }),
  bounced: (deliveryId, provider) => (at) => ({ type: 'DeliveryBounced', data: { deliveryId, at, provider, reason: 'full' } }),
  failed: (deliveryId, provider) => (at) => ({ type: 'DeliveryFailed', data: { deliveryId, at, provider, attempt: 1, reason: 'no' } }),
  undelivered: (deliveryId, provider) => (at) => ({ type: 'DeliveryUndelivered', data: { deliveryId, at, provider, reason: 'no' } }),
  unknown: (deliveryId, provider) => (at) => ({ type: 'DeliveryUnknown', data: { deliveryId, at, provider, attempt: 1, reason: 'lost' } }),
  optedOut: (deliveryId) => (at) => ({ type: 'DeliverySuppressed', data: { deliveryId, at, reason: 'category_opt_out' } }),
  suppressedElsewhere: (deliveryId) => (at) => ({ type: 'DeliverySuppressed', data: { deliveryId, at, reason: 'a reason of tomorrow' } }),
  opened: (deliveryId, provider) => (at) => ({ type: 'EngagementRecorded', data: { deliveryId, at, provider, what: 'opened' } }),
  clicked: (deliveryId, provider) => (at) => ({ type: 'EngagementRecorded', data: { deliveryId, at, provider, what: 'clicked' } }),
  expanded: (deliveryId) => (at) => ({
    type: 'DeliveryExpanded',
    data: { deliveryId, at, into: ['a', 'b', 'c'].map((device) => ({ id: `${deliveryId}-${device}`, channel: 'push', target: device })) },
  }),
};

export const asked = fc.record({
  template: fc.constantFrom(null, { key: 'receipt', version: 1 }, { key: 'news', version: 2 }),
  category: fc.constantFrom('payments', 'news'),
  experiment: fc.constantFrom(undefined, { key: 'e1', variant: 'a', recipient: 'r' }, { key: 'e1', variant: null, recipient: 'r', withheldAt: time(0) }),
  sendAfterMs: fc.constantFrom(undefined, minute),
  channels: fc.subarray(['email', 'push', 'in_app'] as const, { minLength: 1 }),
});

/** A request, and then whatever may come of its deliveries, in any order. */
export const steps = fc.array(
  fc.record({
    of: fc.nat(2),
    afterMs: fc.constantFrom(0, 3, 250, 4_000, 61_000, 300_000, 3_600_000, 90_000_000),
    what: fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...Object.keys(outcomes)) }, { weight: 1, arbitrary: fc.constantFrom('cancel', 'digest') }),
    delivery: fc.constantFrom('email', 'email', 'push', 'in_app', 'push-a'),
    provider: fc.constantFrom('smtp', 'other/one'),
  }),
  { minLength: 20, maxLength: 70 },
);

type Valued<A> = A extends fc.Arbitrary<infer V> ? V : never;
/** An event with what was known before it. */
export type Happened = { event: Recorded<NotificationEvent>; before: Notification };

/** What the rules accept of it, in the order of the log. */
export const happened = (requests: readonly Valued<typeof asked>[], of: Valued<typeof steps>): readonly Happened[] => {
  const log = memoryLog();
  const states = new Map<number, Notification>();
  const events: Happened[] = [];
  let ms = 0;
  const take = (n: number, command: NotificationCommand): void => {
    const decision = notification.decide(command, states.get(n) ?? notification.initialState);
    for (const event of 'accepted' in decision ? decision.accepted : []) {
      const before = states.get(n) ?? notification.initialState;
      events.push({ event: { ...log.append(`notification-${n}`, event), at: time(ms) }, before });
      states.set(n, notification.evolve(before, event));
    }
  };
  for (const { what, delivery, provider, of: wanted, afterMs } of of) {
    const n = wanted % requests.length;
    const one = requests[n];
    ms += afterMs;
    if (one && !states.has(n)) take(n, { type: 'Request', request: requestOf(one, ms) });
    const outcome = outcomes[what]?.(delivery, provider);
    take(
      n,
      outcome
        ? record(outcome)(time(ms))
        : what === 'cancel'
          ? { type: 'Cancel', at: time(ms), reason: null }
          : { type: 'RecordDigest', at: time(ms), into: 'x' },
    );
  }
  return events;
};

const requestOf = ({ channels, sendAfterMs, experiment, ...rest }: Valued<typeof asked>, ms: number): Request => ({
  ...{ at: time(ms), userId: 'u', to: { pushTokens: [] }, priority: 'normal', locale: 'en', ...rest },
  deliveries: channels.map((channel) => ({ id: channel, channel })),
  ...(sendAfterMs !== undefined && { sendAt: time(ms + sendAfterMs) }),
  ...(experiment && { experiment }),
});
