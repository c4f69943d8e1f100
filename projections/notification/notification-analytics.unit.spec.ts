import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { countsOf, everyCount, foldedTwice } from '../../test/support/folded-figures.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { asked, type Happened, happened, steps, time } from '../../test/support/notification-histories.ts';
import { bucketOf, intervals } from '../figures/buckets.ts';
import { latencyBucketOf, latencyBuckets } from '../figures/latency.ts';
import {
  countedOf,
  type DeliveryFigure,
  deliveringFrom,
  deliveryFigures,
  sendingFrom,
  slotOf,
  slotOfReason,
  slots,
  suppressReasons,
} from './delivery-figures.ts';
import { type ChannelFigures, channelAnalytics, type NotificationFigures, notificationAnalytics } from './notification-analytics.ts';

const folded = (events: readonly Recorded[], sizes?: readonly number[]) =>
  foldedTwice(notificationAnalytics, events, sizes) as ReadonlyMap<string, NotificationFigures>;

const figureOf: Partial<Record<NotificationEvent['type'], readonly DeliveryFigure[]>> = {
  DeliverySent: ['sent'],
  InAppDelivered: ['sent', 'delivered'],
  DeliveryDelayed: ['delayed'],
  DeliveryPostponed: ['postponed'],
  DeliveryDelivered: ['delivered'],
  DeliveryBounced: ['bounced'],
  DeliveryFailed: ['failed'],
  DeliveryUndelivered: ['failed'],
  DeliveryUnknown: ['unknown'],
  DeliverySuppressed: ['suppressed'],
};

/** Event by event, from what the request said and the state was, and not from what the events say of their deliveries. */
const recounted = (events: readonly Happened[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { event, before } of events) {
    const { data } = event;
    const request = events.find((one) => one.event.streamId === event.streamId)?.event.data as Request;
    const count = (channel: string, slot: number, n = 1): void => {
      const provider = 'provider' in data ? data.provider : null;
      const { template, category, experiment } = request;
      for (const interval of intervals) {
        const kind = [channel, template?.key ?? null, category, provider, experiment?.key ?? null, experiment?.variant ?? null];
        const key = JSON.stringify([interval, bucketOf(interval, event.at), ...kind, slot]);
        counts.set(key, (counts.get(key) ?? 0) + n);
      }
    };
    if (event.type === 'NotificationRequested') for (const { channel } of event.data.deliveries) count(channel, slotOf('requested'));
    const state = before as Requested;
    if (event.type === 'NotificationCanceled' || event.type === 'NotificationDigested')
      for (const { channel, facts } of state.deliveries)
        if (Object.keys(facts).every((fact) => fact === 'delayed')) count(channel, slotOf(event.type === 'NotificationCanceled' ? 'canceled' : 'digested'));
    if (!('deliveryId' in event.data)) continue;
    const { deliveryId, at } = event.data;
    const channel = deliveryId.split('-')[0] ?? '';
    for (const figure of figureOf[event.type] ?? []) count(channel, slotOf(figure));
    if (event.type === 'EngagementRecorded') count(channel, slotOf(event.data.what));
    if (event.type === 'DeliveryExpanded') count(channel, slotOf('requested'), 2);
    if (event.type === 'DeliverySuppressed') count(channel, slotOfReason(event.data.reason));
    if (event.type === 'DeliverySent' && event.data.before) count(channel, slotOf('failedOver'));
    const delivery = state.deliveries.find(({ id }) => id === deliveryId);
    const due = delivery?.until ?? request.sendAt ?? request.at ?? '';
    const took = (since: string) => Date.parse(at) - Date.parse(since);
    if (event.type === 'DeliverySent' || event.type === 'InAppDelivered') count(channel, sendingFrom + latencyBucketOf(took(due)));
    const sentAt = delivery?.facts.sent?.at;
    if (event.type === 'DeliveryDelivered' && sentAt) count(channel, deliveringFrom + latencyBucketOf(took(sentAt) / 10));
  }
  return counts;
};

/** Without template, category, experiment and variant. */
const ofChannels = (counts: ReadonlyMap<string, number>): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const [key, count] of counts) {
    const [interval, bucket, channel, , , provider, , , slot] = JSON.parse(key);
    const larger = JSON.stringify([interval, bucket, channel, provider, slot]);
    sums.set(larger, (sums.get(larger) ?? 0) + count);
  }
  return sums;
};

describe('figures of notifications', () => {
  it('equal a recount from scratch, whatever happens in whatever order, however the batches are cut, each delivered twice', () => {
    fc.assert(
      fc.property(
        fc.array(asked, { minLength: 1, maxLength: 3 }),
        steps,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (requests, of, sizes) => {
          const events = happened(requests, of);
          const log = events.map(({ event }) => event);
          const expected = recounted(events);
          expect(everyCount(folded(log, sizes).values(), ({ channel, template }) => [channel, template])).toEqual(expected);
          const byChannel = foldedTwice(channelAnalytics, log, sizes) as ReadonlyMap<string, ChannelFigures>;
          expect(everyCount(byChannel.values(), ({ channel }) => [channel])).toEqual(ofChannels(expected));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('give every count a slot of its own, and never another one', () => {
    const used = [
      ...deliveryFigures.map((_, slot) => slot),
      ...suppressReasons.map(([, slot]) => slot),
      ...Array.from({ length: 2 * latencyBuckets }, (_, n) => sendingFrom + n),
    ];
    expect(new Set(used).size).toBe(used.length);
    expect(Math.max(...used)).toBe(slots - 1);
    expect(slots).toBeLessThanOrEqual(512);
    // What is stored already says so.
    expect([slotOf('requested'), slotOf('sent'), slotOf('unsubscribed'), slotOfReason('hard_bounce'), slotOfReason('no such'), deliveringFrom]).toEqual([
      0, 6, 15, 65, 64, 272,
    ]);
    expect(deliveryFigures.indexOf('unsubscribed')).toBe(15);
  });

  it('leave out what an older event does not say', () => {
    const old: NotificationEvent[] = [
      { type: 'DeliverySent', data: { deliveryId: 'd', at: time(0), provider: 'smtp', attempt: 1, reference: 'r' } },
      { type: 'NotificationCanceled', data: { at: time(0), reason: null } },
      { type: 'NotificationDigested', data: { at: time(0), into: 'x' } },
    ];
    expect(old.flatMap(countedOf)).toEqual([]);
    const of = { channel: 'email' as const, template: null, category: 'news' };
    const sent: NotificationEvent = { type: 'DeliverySent', data: { deliveryId: 'd', at: time(0), provider: 'smtp', attempt: 1, reference: 'r', of } };
    expect(countedOf(sent)).toEqual([{ kind: { ...of, provider: 'smtp' }, additions: [[slotOf('sent'), 1]] }]);
  });

  it('are kept by hour, day and month of a channel and template', () => {
    const log = memoryLog();
    const request: Request = {
      ...{ userId: 'u', template: { key: 'receipt', version: 1 }, category: 'payments', priority: 'normal', locale: 'en' },
      deliveries: [
        { id: 'a', channel: 'email' },
        { id: 'b', channel: 'in_app' },
      ],
    };
    const documents = [...folded([log.append('notification-1', { type: 'NotificationRequested', data: request })]).values()];
    expect(documents.map(({ interval, channel, template }) => [interval, channel, template])).toEqual(
      ['email', 'in_app'].flatMap((channel) => intervals.map((interval) => [interval, channel, 'receipt'])),
    );
    expect(documents.map(({ kinds }) => Object.entries(kinds).map(([kind, tally]) => [kind, [...countsOf(tally)]]))).toEqual(
      Array(6).fill([['payments///', [[0, 1]]]]),
    );
  });
});
