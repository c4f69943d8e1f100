import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { Channel } from './channel.ts';
import type { DeliveryEvent, NotificationEvent } from './events.ts';
import { notification } from './notification.ts';
import { notificationView } from './notification-view.ts';
import type { ExperimentPart, Request } from './request.ts';

const at = '2026-06-01T10:00:00.000Z';
const variant: ExperimentPart = { key: 'shorter_receipt', variant: 'shorter', recipient: 'r1' };
const heldOut: ExperimentPart = { ...variant, variant: null };
const asked = (experiment: ExperimentPart): Request => ({
  userId: 'u1',
  to: {},
  template: { key: 'payment_receipt', version: 2 },
  category: 'payments',
  priority: 'normal',
  locale: 'en',
  deliveries: [
    { id: 'mail', channel: 'email' },
    { id: 'app', channel: 'in_app' },
  ],
  experiment,
});
const requested = (experiment: ExperimentPart): NotificationEvent => ({ type: 'NotificationRequested', data: asked(experiment) });
const decided = (experiment: ExperimentPart) => notification.decide({ type: 'Request', request: asked(experiment) }, notification.initialState);
const view = (...history: NotificationEvent[]) => notificationView('n1', { state: fold(notification, history), version: 1, createdAt: at, updatedAt: at });

describe('a notification in an experiment', () => {
  it('says so in all that becomes of it, so that it can be counted', () => {
    expect(decided(variant)).toEqual({ accepted: [requested(variant)] });
    const sent: DeliveryEvent = { type: 'DeliverySent', data: { deliveryId: 'mail', at, provider: 'smtp', attempt: 1, reference: 'r' } };
    const opened: DeliveryEvent = { type: 'EngagementRecorded', data: { deliveryId: 'mail', at, provider: 'smtp', what: 'opened' } };
    const results = { type: 'RecordResults' as const, results: [sent, opened] };
    expect(notification.decide(results, fold(notification, [requested(variant)]))).toMatchObject({
      accepted: [sent, opened].map((event) => ({ ...event, data: { ...event.data, experiment: variant } })),
    });
  });

  it('shows the group, and not what the person is counted under', () => {
    expect(view(requested(variant)).experiment).toEqual({ key: 'shorter_receipt', variant: 'shorter' });
  });
});

describe('a notification to who is held out', () => {
  it('is sent as control', () => expect(decided(heldOut)).toEqual({ accepted: [requested(heldOut)] }));

  it('is withheld at once, where nothing is what they are to get', () => {
    const withheld = { ...heldOut, withheldAt: at };
    const suppressed = (deliveryId: string, channel: Channel): DeliveryEvent => ({
      type: 'DeliverySuppressed',
      data: { deliveryId, at, reason: 'held_out', experiment: withheld, of: { channel, template: 'payment_receipt', category: 'payments' } },
    });
    const accepted = [requested(withheld), suppressed('mail', 'email'), suppressed('app', 'in_app')];
    expect(decided(withheld)).toEqual({ accepted });
    expect(view(...accepted)).toMatchObject({ status: 'suppressed', experiment: { variant: null }, deliveries: [{ reason: 'held_out' }, {}] });
  });
});
