import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { DeliveryEvent, NotificationEvent } from '../../domain/notification/events.ts';
import type { FeedEvent } from '../../domain/notification/feed.ts';
import { notification } from '../../domain/notification/notification.ts';
import { notificationView } from '../../domain/notification/notification-view.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type FeedItem, feedItems } from './feed-items.ts';
import { notificationDetails } from './notification-details.ts';
import { channelsWith, type NotificationListItem, notificationList } from './notification-list.ts';

const asked: Request = {
  userId: 'u1',
  to: { email: 'ada@example.com' },
  template: { key: 'payment_receipt', version: 2 },
  data: { amount: 1 },
  category: 'payments',
  priority: 'normal',
  locale: 'en',
  deliveries: [
    { id: 'mail', channel: 'email' },
    { id: 'app', channel: 'in_app' },
  ],
};
const tried = (deliveryId: string) => ({ deliveryId, at: '2026-06-01T10:00:02.000Z', attempt: 1, provider: 'x' });
const requested: NotificationEvent = { type: 'NotificationRequested', data: asked };
const sent: DeliveryEvent = { type: 'DeliverySent', data: { ...tried('mail'), reference: 'r' } };
const shown: DeliveryEvent = {
  type: 'InAppDelivered',
  data: { ...tried('app'), userId: 'u1', category: 'payments', template: 'payment_receipt', content: { title: 'Paid', body: 'Thank you', url: null } },
};

const recorded = <E extends { type: string; data: object }>(event: E, revision: number, streamId = 'n1', position = revision + 100): Recorded<E> => {
  const at = `2026-06-01T10:00:0${revision}.000Z`;
  const metadata = { commandId: 'c', actor: 'a', at, $correlationId: 'c', $causationId: 'c', previousHash: '', hash: 'h' };
  return { ...event, id: `e${revision}`, stream: `x-${streamId}`, streamId, revision, position: BigInt(position), at, metadata };
};

const history = [recorded(requested, 0), recorded(sent, 1), recorded(shown, 2)];

describe('notification details', () => {
  const document = history.reduce<ReturnType<typeof notificationDetails.evolve>>((before, event) => notificationDetails.evolve(before, event, 'n1'), undefined);

  it('are what the rules make of the history, and are shown in the same way', () => {
    if (!document) throw new Error('no document');
    const state = fold(notification, [requested, sent, shown]);
    const times = { version: 3, createdAt: '2026-06-01T10:00:00.000Z', updatedAt: '2026-06-01T10:00:02.000Z' };
    expect(document).toEqual({ state, ...times });
    expect(notificationView('n1', document)).toEqual(notificationView('n1', { state, ...times }));
    expect(history.flatMap(notificationDetails.ids)).toEqual(['n1', 'n1', 'n1']);
  });

  it('do not change when events come again', () => {
    expect(history.reduce<ReturnType<typeof notificationDetails.evolve>>((before, event) => notificationDetails.evolve(before, event, 'n1'), document)).toBe(
      document,
    );
  });
});

describe('the list of notifications', () => {
  const rows: NotificationListItem[] = [];
  for (const event of history) {
    const row = notificationList.evolve(rows.at(-1), event, 'n1');
    if (row) rows.push(row);
  }

  it('follows the status, by fields that can be filtered', () => {
    expect(rows.map(({ status }) => status)).toEqual(['queued', 'sent', 'delivered']);
    expect(rows.at(-1)).toMatchObject({
      userId: 'u1',
      template: 'payment_receipt',
      category: 'payments',
      channels: 'email,in_app',
      version: 3,
    });
  });

  it('holds no words and no addresses', () => {
    expect(JSON.stringify(rows)).not.toMatch(/ada@|Thank you|amount/);
  });

  it('gives the state back, but for those', () => {
    const last = rows.at(-1);
    if (!last) throw new Error('no row');
    const { to: _, data: __, ...rest } = asked;
    expect(last.state).toEqual(fold(notification, [{ type: 'NotificationRequested', data: rest }, sent, shown]));
    expect(notificationList.evolve(last, history[1] ?? recorded(sent, 1), 'n1')).toBe(last);
  });

  it('says when something is to be done next', () => {
    const dueAfter = (...events: NotificationEvent[]) =>
      events.reduce<NotificationListItem | undefined>((before, event, index) => notificationList.evolve(before, recorded(event, index), 'n1'), undefined)
        ?.dueAt;
    const until = '2026-06-02T07:00:00.000Z';
    const postponed: DeliveryEvent = { type: 'DeliveryPostponed', data: { deliveryId: 'mail', at: '2026-06-01T22:00:00.000Z', until, reason: 'quiet_hours' } };
    expect(dueAfter(requested)).toBe('2026-06-01T10:00:00.000Z');
    expect(dueAfter({ type: 'NotificationRequested', data: { ...asked, sendAt: until } })).toBe(until);
    expect(dueAfter(requested, postponed, shown)).toBe(until);
    expect(dueAfter(requested, shown, sent)).toBeNull();
    expect(dueAfter(requested, { type: 'NotificationCanceled', data: { at: until, reason: null } })).toBeNull();
  });

  it('can be asked for by channel', () => {
    expect(rows[0]?.channels).toBe('email,in_app');
    expect(channelsWith('in_app')).toContain('email,in_app');
    expect(channelsWith('sms')).not.toContain('email,in_app');
    expect(channelsWith('sms')).toHaveLength(32);
  });
});

describe('the items of a feed', () => {
  const item = feedItems.evolve(undefined, recorded(shown, 0), 'app');
  const mark = (event: FeedEvent, position: number, userId = 'u1') => recorded(event, 0, userId, position);

  it('begin with the delivery in the app', () => {
    expect(feedItems.ids(recorded(shown, 0))).toEqual(['app']);
    expect(item).toEqual({
      userId: 'u1',
      notificationId: 'n1',
      title: 'Paid',
      body: 'Thank you',
      url: null,
      category: 'payments',
      template: 'payment_receipt',
      at: '2026-06-01T10:00:02.000Z',
      seen: false,
      read: false,
      archived: false,
      added: 100,
      sequence: 100,
      inboxOf: 'u1',
      unseenOf: 'u1',
      unreadOf: 'u1',
      categoryOf: 'u1 payments',
    });
  });

  it('stand on the lists that their marks say', () => {
    const lists = (...types: FeedEvent['type'][]) => {
      const marked = types.reduce<FeedItem | undefined>(
        (it, type, index) => feedItems.evolve(it, mark({ type, data: { ids: ['app'] } }, 200 + index), 'app'),
        item,
      );
      return Object.keys(marked ?? {}).filter((key) => ['inboxOf', 'archiveOf', 'unseenOf', 'unreadOf'].includes(key));
    };
    expect(lists('FeedItemsSeen')).toEqual(['inboxOf', 'unreadOf']);
    expect(lists('FeedItemsRead')).toEqual(['inboxOf']);
    expect(lists('FeedItemsRead', 'FeedItemsUnread')).toEqual(['inboxOf', 'unreadOf']);
    expect(lists('FeedItemsArchived')).toEqual(['archiveOf']);
    expect(lists('FeedItemsArchived', 'FeedItemsUnarchived')).toEqual(['inboxOf', 'unseenOf', 'unreadOf']);
  });

  it('move to the position of each change, and stay where nothing changed', () => {
    const read = feedItems.evolve(item, mark({ type: 'FeedItemsRead', data: { ids: ['app'] } }, 105), 'app');
    expect(read).toMatchObject({ seen: true, read: true, archived: false, added: 100, sequence: 105 });
    expect(feedItems.evolve(read, mark({ type: 'FeedItemsSeen', data: { ids: ['app'] } }, 106), 'app')).toBe(read);
    expect(feedItems.evolve(read, mark({ type: 'FeedItemsArchived', data: { ids: ['app'] } }, 107), 'app')).toMatchObject({ archived: true, sequence: 107 });
    expect(feedItems.evolve(read, recorded(shown, 0), 'app')).toBe(read);
  });

  it('are nobody else’s to mark, and cannot be marked before they are there', () => {
    expect(feedItems.evolve(item, mark({ type: 'FeedItemsRead', data: { ids: ['app'] } }, 105, 'u2'), 'app')).toBe(item);
    expect(feedItems.evolve(undefined, mark({ type: 'FeedItemsRead', data: { ids: ['app'] } }, 105), 'app')).toBeUndefined();
  });

  it('vanish with the person', () => {
    const erased: DeliveryEvent = { type: 'InAppDelivered', data: { ...tried('app'), userId: 'u1', category: 'payments', template: null } };
    expect(feedItems.evolve(undefined, recorded(erased, 0), 'app')).toBeUndefined();
  });

  it('end in the same marks in any order', () => {
    const types = fc.constantFrom<FeedEvent['type']>('FeedItemsSeen', 'FeedItemsRead', 'FeedItemsArchived');
    const marks = ({ seen, read, archived }: FeedItem) => ({ seen, read, archived });
    const marked = (order: readonly FeedEvent['type'][]) =>
      order.reduce<FeedItem | undefined>((before, type, index) => feedItems.evolve(before, mark({ type, data: { ids: ['app'] } }, 200 + index), 'app'), item);
    fc.assert(
      fc.property(
        fc.array(types).chain((order) => fc.tuple(fc.constant(order), fc.shuffledSubarray(order, { minLength: order.length }))),
        ([order, shuffled]) => {
          const [one, other] = [marked(order), marked([...shuffled, ...order])];
          if (!one || !other) throw new Error('the item is gone');
          expect(marks(other)).toEqual(marks(one));
        },
      ),
    );
  });
});
