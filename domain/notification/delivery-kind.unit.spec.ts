import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { DeliveryEvent, NotificationEvent } from './events.ts';
import { type NotificationCommand, notification } from './notification.ts';
import type { Request } from './request.ts';

const asked: Request = {
  at: '2026-06-01T10:00:00.000Z',
  userId: 'u1',
  template: { key: 'payment_receipt', version: 3 },
  category: 'payments',
  priority: 'normal',
  locale: 'en',
  experiment: { key: 'subject_line', variant: 'short', recipient: 'r1' },
  deliveries: [
    { id: 'mail', channel: 'email' },
    { id: 'app', channel: 'in_app' },
  ],
};
const requested = (change: Partial<Request> = {}): NotificationEvent => ({ type: 'NotificationRequested', data: { ...asked, ...change } });
const tried = { deliveryId: 'mail', at: '2026-06-01T10:00:02.000Z', attempt: 1, provider: 'smtp' };
const sent: DeliveryEvent = { type: 'DeliverySent', data: { ...tried, reference: 'r' } };
const shown: DeliveryEvent = { type: 'InAppDelivered', data: { ...tried, deliveryId: 'app', userId: 'u1', category: 'payments', template: null } };
const postponed: DeliveryEvent = {
  type: 'DeliveryPostponed',
  data: { deliveryId: 'mail', at: tried.at, until: '2026-06-02T07:00:00.000Z', reason: 'quiet_hours' },
};
const delivered: DeliveryEvent = { type: 'DeliveryDelivered', data: { deliveryId: 'mail', at: '2026-06-01T10:00:09.000Z', provider: 'smtp', reference: 'r' } };
const bounced: DeliveryEvent = { type: 'DeliveryBounced', data: { deliveryId: 'mail', at: tried.at, provider: 'smtp', reason: 'full' } };

const accepted = (history: readonly NotificationEvent[], command: NotificationCommand): readonly NotificationEvent[] => {
  const decision = notification.decide(command, fold(notification, history));
  return 'accepted' in decision ? decision.accepted : [];
};
const kinds = (history: readonly NotificationEvent[], ...results: DeliveryEvent[]) =>
  accepted(history, { type: 'RecordResults', results }).map(({ data }) => ('of' in data ? data.of : undefined));

const kind = { template: 'payment_receipt', category: 'payments' };

describe('the kind of a delivery', () => {
  it('is in each of its events', () => {
    expect(kinds([requested()], sent, bounced, shown)).toEqual([
      { ...kind, channel: 'email', since: asked.at },
      { ...kind, channel: 'email' },
      { ...kind, channel: 'in_app', since: asked.at },
    ]);
    const { experiment: _, at: __, ...old } = asked;
    expect(kinds([{ type: 'NotificationRequested', data: { ...old, template: null } }], sent)).toEqual([
      { channel: 'email', template: null, category: 'payments' },
    ]);
  });

  it('says since when it was to be sent: when it was asked for, or the time it was put off to', () => {
    const since = (history: readonly NotificationEvent[]) => kinds(history, sent).map((of) => of?.since);
    expect(since([requested()])).toEqual([asked.at]);
    expect(since([requested({ sendAt: '2026-06-01T12:00:00.000Z' })])).toEqual(['2026-06-01T12:00:00.000Z']);
    expect(since([requested(), postponed])).toEqual(['2026-06-02T07:00:00.000Z']);
  });

  it('says of what is delivered when it was sent, if that is known', () => {
    const since = (...results: DeliveryEvent[]) => kinds([requested()], ...results).map((of) => of?.since);
    expect(since(sent, delivered)).toEqual([asked.at, tried.at]);
    expect(since(delivered)).toEqual([undefined]);
  });

  it('is said of every delivery that ends with the whole, and of no other', () => {
    const ended = (command: NotificationCommand) => accepted([requested(), sent], command).map(({ data }) => 'ended' in data && data.ended);
    const [canceled] = accepted([requested(), sent], { type: 'Cancel', at: tried.at, reason: null });
    expect(canceled?.data).toMatchObject({ experiment: asked.experiment });
    expect(ended({ type: 'Cancel', at: tried.at, reason: null })).toEqual([[{ ...kind, channel: 'in_app' }]]);
    expect(ended({ type: 'RecordDigest', at: tried.at, into: 'n2' })).toEqual([[{ ...kind, channel: 'in_app' }]]);
  });
});
