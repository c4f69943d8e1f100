import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { Channel } from './channel.ts';
import { type DeliveryMilestone, deliveryStatus, type Engagement, isDelayedByProvider, isPending, notificationStatus } from './delivery.ts';
import { nextDue } from './due.ts';
import { type DeliveryEvent, type NotificationEvent, notificationCatalogue } from './events.ts';
import { type NotificationCommand, notification, notificationStream } from './notification.ts';
import { notificationView } from './notification-view.ts';
import type { Request } from './request.ts';

const at = '2026-06-01T10:00:00.000Z';
const asked: Request = {
  userId: 'u1',
  to: { email: 'ada@example.com' },
  template: { key: 'payment_receipt', version: 1 },
  data: { amount: 1_000 },
  category: 'payments',
  priority: 'normal',
  locale: 'en',
  deliveries: [
    { id: 'mail', channel: 'email' },
    { id: 'app', channel: 'in_app' },
  ],
};
const requested: NotificationEvent = { type: 'NotificationRequested', data: asked };
const tried = (deliveryId: string, attempt = 1) => ({ deliveryId, at, attempt, provider: deliveryId === 'mail' ? 'smtp' : 'feed' });
const receipt = (deliveryId: string) => ({ deliveryId, at, provider: 'smtp' });
const sent: DeliveryEvent = { type: 'DeliverySent', data: { ...tried('mail'), reference: '<mail@shop>' } };
const delayed: DeliveryEvent = { type: 'DeliveryDelayed', data: { ...tried('mail'), reason: 'connection refused' } };
const unknown: DeliveryEvent = { type: 'DeliveryUnknown', data: { ...tried('mail'), reason: 'connection lost' } };
const failed: DeliveryEvent = { type: 'DeliveryFailed', data: { ...tried('mail', 2), reason: 'no such mailbox' } };
const delivered: DeliveryEvent = { type: 'DeliveryDelivered', data: { ...receipt('mail'), reference: '<mail@shop>' } };
const bounced: DeliveryEvent = { type: 'DeliveryBounced', data: { ...receipt('mail'), reason: 'mailbox full' } };
const suppressed: DeliveryEvent = { type: 'DeliverySuppressed', data: { deliveryId: 'mail', at, reason: 'recipient_erased' } };
const shown: DeliveryEvent = {
  type: 'InAppDelivered',
  data: { ...tried('app'), userId: 'u1', category: 'payments', template: 'payment_receipt', content: { title: 'Paid', body: '£10', url: null } },
};

const given = (...history: NotificationEvent[]) => ({
  when: (command: NotificationCommand) => withoutKinds(notification.decide(command, fold(notification, history))),
});
/** What kinds the events say is told in delivery-kind.unit.spec.ts. */
const withoutKinds = (decision: ReturnType<typeof notification.decide>) =>
  'rejected' in decision ? decision : { accepted: decision.accepted.map(({ type, data }) => ({ type, data: { ...data, of: undefined, ended: undefined } })) };
const record = (...results: DeliveryEvent[]): NotificationCommand => ({ type: 'RecordResults', results });
const request = (change: Partial<Request> = {}): NotificationCommand => ({ type: 'Request', request: { ...asked, ...change } });

describe('asking for a notification', () => {
  it('records the request with a delivery for each channel', () => {
    expect(given().when(request())).toEqual({ accepted: [requested] });
  });

  it('accepts nothing new when it is asked for again', () => {
    expect(given(requested).when(request())).toEqual({ accepted: [] });
  });

  it('refuses a request that names no channel', () => {
    expect(given().when(request({ deliveries: [] }))).toEqual({ rejected: 'no_channel' });
  });

  it.each<[Channel, Partial<Request>, Partial<Request>]>([
    ['email', { to: { email: 'ada@example.com' } }, { to: { phone: '+441632960961' } }],
    ['sms', { to: { phone: '+441632960961' } }, { to: { email: 'ada@example.com' } }],
    ['push', { to: { pushTokens: [{ provider: 'fcm', token: 't' }] } }, { to: { pushTokens: [] } }],
    ['in_app', { userId: 'u1', to: {} }, { to: { email: 'ada@example.com' } }],
    ['chat', { to: { slackChannel: '#ops' } }, { userId: 'u1', to: {} }],
    ['chat', { to: { teamsUrl: 'https://teams.example/x' } }, { to: {} }],
    ['webhook', { to: { webhookUrl: 'https://shop.example/hook' } }, { userId: 'u1', to: {} }],
  ])('goes by %s only where there is an address, or contacts may have one', (channel, reachable, not) => {
    const by = (change: Partial<Request>) => given().when(request({ userId: null, ...change, deliveries: [{ id: 'd', channel }] }));
    expect(by(reachable)).toHaveProperty('accepted');
    expect(by(not)).toEqual({ rejected: 'no_address' });
    if (channel === 'email' || channel === 'sms' || channel === 'push') expect(by({ userId: 'u1', to: {} })).toHaveProperty('accepted');
    const { to: _, ...erased } = asked;
    expect(given().when({ type: 'Request', request: { ...erased, userId: null, deliveries: [{ id: 'd', channel }] } })).toEqual({ rejected: 'no_address' });
  });
});

describe('recording what became of the deliveries', () => {
  it('takes the outcomes of all channels at once', () => {
    expect(given(requested).when(record(sent, shown))).toEqual({ accepted: [sent, shown] });
  });

  it('takes only what is new of them', () => {
    expect(given(requested, sent).when(record(sent, shown))).toEqual({ accepted: [shown] });
    expect(given(requested).when(record(delayed, { ...delayed, data: { ...delayed.data, attempt: 2 } }))).toEqual({ accepted: [delayed] });
  });

  it('notes what a suppression of the address that it went to would be called', () => {
    const there: DeliveryEvent = { type: 'DeliverySent', data: { ...tried('mail'), reference: 'r', addressId: 'a1' } };
    expect(stateAfter(requested, there).deliveries[0]).toMatchObject({ addressId: 'a1', facts: { sent: {} } });
    expect(stateAfter(requested, sent).deliveries[0]).not.toHaveProperty('addressId');
  });

  it('refuses results of a notification or a delivery that is not there', () => {
    expect(given().when(record(sent))).toEqual({ rejected: 'notification_not_found' });
    expect(given(requested).when(record({ type: 'DeliverySent', data: { ...tried('other'), reference: 'r' } }))).toEqual({ rejected: 'delivery_not_found' });
  });

  it('knows no history that begins with a result, or speaks of a delivery never asked for', () => {
    expect(() => fold(notification, [sent])).toThrow('DeliverySent before NotificationRequested');
    expect(() => fold(notification, [requested, { ...sent, data: { ...sent.data, deliveryId: 'x' } }])).toThrow('unknown delivery x');
  });
});

const stateAfter = (...history: NotificationEvent[]) => {
  const state = fold(notification, history);
  if (state.status === 'absent') throw new Error('nothing was requested');
  return state;
};
const statusAfter = (...history: DeliveryEvent[]) => notificationStatus(stateAfter(requested, ...history).deliveries);

describe('the status of a notification', () => {
  it.each([
    ['queued while nothing was sent', [], 'queued'],
    ['queued while the provider is out of reach', [delayed], 'queued'],
    ['sent when one channel is', [sent], 'sent'],
    ['sent when it may have been, since asking again could make it two', [unknown], 'sent'],
    ['delivered when one channel is, whatever the other', [failed, shown], 'delivered'],
    ['queued while the other channel can still succeed', [failed], 'queued'],
    ['delivered still, when the mail bounces after the other channel delivered', [sent, delivered, bounced, shown], 'delivered'],
  ] as const)('is %s', (_, history, status) => {
    expect(statusAfter(...history)).toBe(status);
  });

  it('is failed or suppressed when nothing can come any more', () => {
    const mailOnly: NotificationEvent = { type: 'NotificationRequested', data: { ...asked, deliveries: [{ id: 'mail', channel: 'email' }] } };
    expect(notificationStatus(stateAfter(mailOnly, failed).deliveries)).toBe('failed');
    expect(notificationStatus(stateAfter(mailOnly, sent, bounced).deliveries)).toBe('failed');
    expect(notificationStatus(stateAfter(mailOnly, suppressed).deliveries)).toBe('suppressed');
  });

  it('leaves to be sent only what nothing, or only a delay, has come of', () => {
    const pending = (...history: DeliveryEvent[]) =>
      stateAfter(requested, ...history)
        .deliveries.filter(isPending)
        .map(({ id }) => id);
    expect(pending()).toEqual(['mail', 'app']);
    expect(pending(delayed)).toEqual(['mail', 'app']);
    expect(pending(unknown, shown)).toEqual([]);
  });
});

describe('any order of results, each perhaps repeated', () => {
  const results = [delayed, unknown, sent, failed, delivered, bounced, suppressed, shown];
  const history = fc.array(fc.constantFrom(...results), { maxLength: 24 });
  const run = (commands: readonly DeliveryEvent[]) => {
    let state = fold(notification, [requested]);
    for (const result of commands) {
      const decision = notification.decide(record(result), state);
      if ('rejected' in decision) throw new Error(decision.rejected);
      state = fold(notification, decision.accepted, state);
      expect(notification.decide(record(result), state)).toEqual({ accepted: [] });
    }
    return state;
  };

  it('ends in one state', () => {
    fc.assert(
      fc.property(
        history.chain((one) => fc.tuple(fc.constant(one), fc.shuffledSubarray(one, { minLength: one.length }), fc.subarray(one))),
        ([one, shuffled, repeated]) => {
          expect(run([...shuffled, ...repeated])).toEqual(run(one));
        },
      ),
    );
  });

  const deliveryLevel: Record<DeliveryMilestone | 'queued', number> = {
    queued: 0,
    delayed: 1,
    canceled: 1.5,
    suppressed: 2,
    unknown: 3,
    sent: 4,
    failed: 5,
    delivered: 6,
    bounced: 7,
  };
  const level = { scheduled: 0, queued: 1, suppressed: 2, canceled: 2, sent: 3, delivered: 4, failed: 4 } as const;

  it('never moves a status back', () => {
    fc.assert(
      fc.property(history, (one) => {
        one.reduce(
          (state, result) => {
            const next = notification.evolve(state, result);
            if (state.status === 'absent' || next.status === 'absent') throw new Error('lost the request');
            expect(level[notificationStatus(next.deliveries)]).toBeGreaterThanOrEqual(level[notificationStatus(state.deliveries)]);
            next.deliveries.forEach((delivery, index) => {
              const earlier = state.deliveries[index];
              expect(deliveryLevel[deliveryStatus(delivery)]).toBeGreaterThanOrEqual(earlier ? deliveryLevel[deliveryStatus(earlier)] : 0);
            });
            return next;
          },
          fold(notification, [requested]),
        );
      }),
    );
  });

  it('keeps the state plain JSON', () => {
    fc.assert(
      fc.property(history, (one) => {
        expect(JSON.parse(JSON.stringify(run(one)))).toEqual(run(one));
      }),
    );
  });
});

describe('putting off, calling off, and telling together', () => {
  const until = '2026-06-02T07:00:00.000Z';
  const postponed: DeliveryEvent = { type: 'DeliveryPostponed', data: { deliveryId: 'mail', at, until, reason: 'quiet_hours' } };
  const later: DeliveryEvent = { type: 'DeliveryPostponed', data: { deliveryId: 'mail', at, until: '2026-06-03T07:00:00.000Z', reason: 'limited' } };
  const cancel: NotificationCommand = { type: 'Cancel', at, reason: null };
  const canceled: NotificationEvent = { type: 'NotificationCanceled', data: { at, reason: null } };
  const digest: NotificationCommand = { type: 'RecordDigest', at, into: 'n2' };
  const digested: NotificationEvent = { type: 'NotificationDigested', data: { at, into: 'n2' } };
  const viewAfter = (...history: NotificationEvent[]) => notificationView('n1', { state: stateAfter(...history), version: 1, createdAt: at, updatedAt: at });

  it('puts a delivery off, and further off, never nearer, and not once it was sent', () => {
    expect(given(requested).when(record(postponed))).toEqual({ accepted: [postponed] });
    expect(given(requested, postponed).when(record(postponed))).toEqual({ accepted: [] });
    expect(given(requested, postponed).when(record(later))).toEqual({ accepted: [later] });
    expect(given(requested, later).when(record(postponed))).toEqual({ accepted: [] });
    expect(given(requested, sent).when(record(postponed))).toEqual({ accepted: [] });
    expect(viewAfter(requested, postponed, later).deliveries[0]).toMatchObject({
      status: 'delayed',
      reason: 'limited',
      until: later.data.until,
      attempts: [],
    });
    expect(viewAfter(requested, postponed, sent).deliveries[0]).not.toHaveProperty('until');
  });

  it('records a provider’s delay after that, once', () => {
    expect(given(requested, postponed).when(record(delayed))).toEqual({ accepted: [delayed] });
    expect(given(requested, postponed, delayed).when(record(delayed))).toEqual({ accepted: [] });
    const [mail] = stateAfter(requested, postponed).deliveries;
    expect(mail && isDelayedByProvider(mail)).toBe(false);
  });

  it('is due at once, at its time, when its digest closes, or when what was put off first may go, until it has ended', () => {
    const due = (change: Partial<Request>, ...events: NotificationEvent[]) =>
      nextDue(stateAfter({ type: 'NotificationRequested', data: { ...asked, ...change } }, ...events), at);
    expect(due({})).toBe(at);
    expect(due({ sendAt: until })).toBe(until);
    expect(due({ digest: { key: 'k', windowSeconds: 3_600, cap: 5 } })).toBe('2026-06-01T11:00:00.000Z');
    expect(due({}, postponed)).toBe(at);
    expect(due({}, postponed, shown)).toBe(until);
    expect(due({}, sent, shown)).toBeNull();
  });

  it('is scheduled until something becomes of it', () => {
    const scheduled: NotificationEvent = { type: 'NotificationRequested', data: { ...asked, sendAt: until, digest: { key: 'k', windowSeconds: 60, cap: 5 } } };
    expect(viewAfter(scheduled)).toMatchObject({ status: 'scheduled', sendAt: until, digestKey: 'k' });
    expect(viewAfter(scheduled, delayed).status).toBe('queued');
  });

  it('calls off what isn’t sent yet, once, and refuses where nothing is left', () => {
    expect(given(requested, shown).when(cancel)).toEqual({ accepted: [canceled] });
    expect(given(requested, canceled).when(cancel)).toEqual({ accepted: [] });
    expect(given(requested, sent, shown).when(cancel)).toEqual({ rejected: 'notification_not_cancelable' });
    expect(given().when(cancel)).toEqual({ rejected: 'notification_not_found' });
    expect(viewAfter(requested, canceled)).toMatchObject({ status: 'canceled', deliveries: [{ status: 'suppressed', reason: 'canceled' }, {}] });
    expect(viewAfter(requested, shown, { type: 'NotificationCanceled', data: { at, reason: 'order_returned' } })).toMatchObject({
      status: 'delivered',
      deliveries: [{ reason: 'order_returned' }, { status: 'delivered' }],
    });
  });

  it('shows as sent what was being sent while it was called off', () => {
    expect(given(requested, canceled).when(record(sent))).toEqual({ accepted: [sent] });
    expect(viewAfter(requested, canceled, sent, shown)).toMatchObject({ status: 'delivered', deliveries: [{ status: 'sent' }, { status: 'delivered' }] });
  });

  it('shows as sent, or as perhaps sent, what was being sent while somebody else suppressed it', () => {
    for (const [one, status] of [
      [sent, 'sent'],
      [unknown, 'unknown'],
    ] as const) {
      expect(viewAfter(requested, one, suppressed).deliveries[0]).toMatchObject({ status });
      expect(viewAfter(requested, suppressed, one).deliveries[0]).toMatchObject({ status });
    }
  });

  it('names the one that tells it together with others', () => {
    expect(given(requested).when(digest)).toEqual({ accepted: [digested] });
    expect(given(requested, digested).when(digest)).toEqual({ accepted: [] });
    expect(viewAfter(requested, digested)).toMatchObject({
      status: 'suppressed',
      digestedInto: 'n2',
      deliveries: [{ reason: 'digested' }, { reason: 'digested' }],
    });
  });
});

describe('a delivery to all devices of a person', () => {
  const push: NotificationEvent = { type: 'NotificationRequested', data: { ...asked, deliveries: [{ id: 'push', channel: 'push' }] } };
  const into = [
    { id: 'p1', channel: 'push', target: 'device_1' },
    { id: 'p2', channel: 'push', target: 'device_2' },
  ] as const;
  const expanded: DeliveryEvent = { type: 'DeliveryExpanded', data: { deliveryId: 'push', at, into } };
  const sentTo = (deliveryId: string): DeliveryEvent => ({ type: 'DeliverySent', data: { ...tried(deliveryId), reference: 'r' } });

  it('becomes one for each, together with what became of them', () => {
    expect(given(push).when(record(expanded, sentTo('p1')))).toEqual({ accepted: [expanded, sentTo('p1')] });
    expect(stateAfter(push, expanded, sentTo('p1')).deliveries).toMatchObject([
      { id: 'p1', target: 'device_1', facts: { sent: {} } },
      { id: 'p2', facts: {} },
    ]);
  });

  it('says where it went where it was called off while it was being sent, and nothing more is sent', () => {
    const canceled: NotificationEvent = { type: 'NotificationCanceled', data: { at, reason: null } };
    expect(given(push, canceled).when(record(expanded, sentTo('p1')))).toEqual({ accepted: [expanded, sentTo('p1')] });
    const { deliveries } = stateAfter(push, canceled, expanded, sentTo('p1'));
    expect(deliveries.map(deliveryStatus)).toEqual(['sent', 'suppressed']);
    expect(deliveries.some(isPending)).toBe(false);
  });

  it('is known when it is said again, and doesn’t become others: what somebody else did for those is left out, and all else is kept', () => {
    expect(given(push, expanded).when(record(expanded, sentTo('p2')))).toEqual({ accepted: [sentTo('p2')] });
    const others: DeliveryEvent = { type: 'DeliveryExpanded', data: { deliveryId: 'push', at, into: [{ id: 'p3', channel: 'push', target: 'device_3' }] } };
    expect(given(push, expanded).when(record(others, sentTo('p3'), sentTo('p2')))).toEqual({ accepted: [sentTo('p2')] });
    expect(given(push, expanded).when(record(sentTo('p3')))).toEqual({ rejected: 'delivery_not_found' });
    expect(given(requested).when(record({ ...others, data: { ...others.data, deliveryId: 'x' } }))).toEqual({ rejected: 'delivery_not_found' });
    expect(given(requested, sent).when(record({ type: 'DeliveryExpanded', data: { deliveryId: 'mail', at, into } }))).toEqual({ accepted: [] });
  });
});

describe('what the person did with it', () => {
  const did = (what: Engagement): DeliveryEvent => ({ type: 'EngagementRecorded', data: { ...receipt('mail'), what } });

  it('is told once for each kind, in any order, and moves no status', () => {
    expect(given(requested, sent).when(record(did('clicked'), did('opened'), did('clicked')))).toEqual({ accepted: [did('clicked'), did('opened')] });
    const view = notificationView('n1', { state: stateAfter(requested, did('clicked'), sent, did('opened')), version: 1, createdAt: at, updatedAt: at });
    expect(view.deliveries[0]).toMatchObject({ status: 'sent', engagement: ['opened', 'clicked'] });
  });

  it('counts a later failure as one', () => {
    const undelivered: DeliveryEvent = { type: 'DeliveryUndelivered', data: { ...receipt('mail'), reason: '30003' } };
    const view = notificationView('n1', { state: stateAfter(requested, sent, undelivered), version: 1, createdAt: at, updatedAt: at });
    expect(view.deliveries[0]).toMatchObject({ status: 'failed', reason: '30003', attempts: [{ outcome: 'sent' }] });
  });
});

describe('showing a notification', () => {
  const times = { version: 3, createdAt: at, updatedAt: at };

  it('shows each delivery with its tries, reference and times', () => {
    const view = notificationView('n1', { state: stateAfter(requested, delayed, { ...sent, data: { ...sent.data, attempt: 4 } }, shown), ...times });
    expect(view).toEqual({
      id: 'n1',
      status: 'delivered',
      userId: 'u1',
      to: { email: 'ada@example.com' },
      template: 'payment_receipt',
      templateVersion: 1,
      data: { amount: 1_000 },
      category: 'payments',
      priority: 'normal',
      locale: 'en',
      sendAt: null,
      digestKey: null,
      digestedInto: null,
      experiment: null,
      deliveries: [
        {
          id: 'mail',
          channel: 'email',
          provider: 'smtp',
          status: 'sent',
          attempts: [
            { number: 1, at, provider: 'smtp', outcome: 'delayed', reason: 'connection refused' },
            { number: 4, at, provider: 'smtp', outcome: 'sent' },
          ],
          providerMessageId: '<mail@shop>',
          sentAt: at,
          deliveredAt: null,
          engagement: [],
        },
        {
          id: 'app',
          channel: 'in_app',
          provider: 'feed',
          status: 'delivered',
          attempts: [{ number: 1, at, provider: 'feed', outcome: 'delivered' }],
          providerMessageId: null,
          sentAt: at,
          deliveredAt: at,
          engagement: [],
        },
      ],
      ...times,
    });
  });

  it('says why a delivery failed, and nothing of a person who was erased', () => {
    const { to: _, data: __, ...erased } = asked;
    const view = notificationView('n1', { state: stateAfter({ type: 'NotificationRequested', data: { ...erased, template: null } }, suppressed), ...times });
    expect(view).not.toHaveProperty('to');
    expect(view).toMatchObject({
      template: null,
      templateVersion: null,
      deliveries: [{ status: 'suppressed', reason: 'recipient_erased', provider: null, attempts: [] }, { status: 'queued' }],
    });
  });

  it('shows which providers were asked before the one that took it', () => {
    const second: DeliveryEvent = { type: 'DeliverySent', data: { ...tried('mail'), reference: 'r', before: [{ provider: 'ses', reason: 'throttled' }] } };
    const view = notificationView('n1', { state: stateAfter(requested, second), ...times });
    expect(view.deliveries[0]?.attempts).toEqual([
      { number: 1, at, provider: 'ses', outcome: 'failed', reason: 'throttled' },
      { number: 1, at, provider: 'smtp', outcome: 'sent' },
    ]);
  });

  it('prefers the reference that a receipt confirmed', () => {
    const view = notificationView('n1', { state: stateAfter(requested, delivered), ...times });
    expect(view.deliveries[0]).toMatchObject({
      status: 'delivered',
      provider: 'smtp',
      providerMessageId: '<mail@shop>',
      sentAt: null,
      deliveredAt: at,
      attempts: [],
    });
  });

  it('cannot show what was never asked for', () => {
    expect(() => notificationView('n1', { state: { status: 'absent' }, ...times })).toThrow('n1');
  });
});

describe('what is sealed', () => {
  const { NotificationRequested, InAppDelivered } = notificationCatalogue;

  it('belongs to the user, or to the notification itself where only an address is known', () => {
    expect(NotificationRequested.subject?.(asked, 'n1')).toBe('customer:u1');
    expect(NotificationRequested.subject?.({ ...asked, userId: null }, 'n1')).toBe('notification:n1');
    expect(InAppDelivered.personal).toEqual(['content']);
  });

  it('lives in a stream of its own', () => {
    expect(notificationStream('n1')).toBe('notification-n1');
  });
});
