import type { SuppressReason } from '../../domain/notification/consent.ts';
import type { DeliveryEvent, NotificationEvent } from '../../domain/notification/events.ts';
import type { DeliveryKind, ExperimentPart } from '../../domain/notification/request.ts';
import { latencyBucketOf, latencyBuckets } from '../figures/latency.ts';
import type { Additions } from '../figures/tally.ts';

/**
 * What is counted of deliveries, each at most once of each: a notification that goes by two channels has two. The number is the slot in a
 * tally: new ones go to the end. What is `unknown` may turn out to have been sent or delivered, and counts as that too.
 */
const figureSlots = {
  requested: 0,
  suppressed: 1,
  canceled: 2,
  /** Told in another one, together with more. */
  digested: 3,
  /** Put off for quiet hours or a limit: each time. */
  postponed: 4,
  /** Not taken at the first try. */
  delayed: 5,
  sent: 6,
  delivered: 7,
  bounced: 8,
  failed: 9,
  unknown: 10,
  /** Taken by another provider than the first that was asked. */
  failedOver: 11,
  opened: 12,
  clicked: 13,
  complained: 14,
  unsubscribed: 15,
};
export type DeliveryFigure = keyof typeof figureSlots;

/** In the order of their slots. */
export const deliveryFigures: readonly string[] = Object.keys(figureSlots);
export const slotOf = (figure: DeliveryFigure): number => figureSlots[figure];

type Reason = SuppressReason | 'recipient_erased' | 'no_address' | 'limited' | 'held_out' | 'other';
/** Slots of why something was suppressed, after those of figures. */
const reasonSlots: Record<Reason, number> = {
  other: 64,
  hard_bounce: 65,
  complaint: 66,
  unsubscribed: 67,
  stop: 68,
  invalid: 69,
  dead_token: 70,
  manual: 71,
  channel_opt_out: 72,
  category_opt_out: 73,
  recipient_erased: 74,
  no_address: 75,
  limited: 76,
  held_out: 77,
};
export const suppressReasons: readonly (readonly [reason: string, slot: number])[] = Object.entries(reasonSlots);
const slotsByReason: ReadonlyMap<string, number> = new Map(suppressReasons);
export const slotOfReason = (reason: string): number => slotsByReason.get(reason) ?? reasonSlots.other;

/** Slots of how long it took until it was sent, in milliseconds, and then until it was delivered, in hundredths of a second: that may take hours. */
export const sendingFrom = 128;
export const deliveringFrom = sendingFrom + latencyBuckets;
export const deliveringUnitMs = 10;
export const slots = deliveringFrom + latencyBuckets;

/** What a delivery is counted under. */
export type CountedKind = Omit<DeliveryKind, 'since'> & { provider: string | null; experiment?: ExperimentPart };
export type Counted = { kind: CountedKind; additions: Additions };

/** What an event adds to the figures. An event that doesn't say of what kind its delivery is isn't counted: none that is appended now. */
export const countedOf = (event: NotificationEvent): readonly Counted[] => {
  switch (event.type) {
    case 'NotificationRequested':
      return event.data.deliveries.map(({ channel }) =>
        counted({ channel, template: event.data.template?.key ?? null, category: event.data.category }, event.data, [[slotOf('requested'), 1]]),
      );
    case 'NotificationCanceled':
      return (event.data.ended ?? []).map((of) => counted(of, event.data, [[slotOf('canceled'), 1]]));
    case 'NotificationDigested':
      return (event.data.ended ?? []).map((of) => counted(of, event.data, [[slotOf('digested'), 1]]));
    default: {
      const additions = event.data.of ? additionsOf(event, event.data.of) : [];
      return event.data.of && additions.length > 0 ? [counted(event.data.of, event.data, additions)] : [];
    }
  }
};

const counted = (
  { channel, template, category }: DeliveryKind,
  said: { provider?: string | null; experiment?: ExperimentPart },
  additions: Additions,
): Counted => ({ kind: { channel, template, category, provider: said.provider ?? null, ...(said.experiment && { experiment: said.experiment }) }, additions });

const additionsOf = (event: DeliveryEvent, of: DeliveryKind): Additions => {
  switch (event.type) {
    case 'DeliverySent':
      return [one('sent'), ...failedOver(event.data.before), ...waited(sendingFrom, 1, event.data.at, of)];
    case 'InAppDelivered':
      return [one('sent'), one('delivered'), ...waited(sendingFrom, 1, event.data.at, of)];
    case 'DeliveryDelivered':
      return [one('delivered'), ...waited(deliveringFrom, deliveringUnitMs, event.data.at, of)];
    case 'DeliveryExpanded':
      return event.data.into.length > 1 ? [[slotOf('requested'), event.data.into.length - 1]] : [];
    case 'DeliverySuppressed':
      return [one('suppressed'), [slotOfReason(event.data.reason), 1]];
    case 'DeliveryPostponed':
      return [one('postponed')];
    case 'DeliveryDelayed':
      return [one('delayed')];
    case 'DeliveryBounced':
      return [one('bounced')];
    case 'DeliveryFailed':
    case 'DeliveryUndelivered':
      return [one('failed')];
    case 'DeliveryUnknown':
      return [one('unknown')];
    case 'EngagementRecorded':
      return [one(event.data.what)];
  }
};

const one = (figure: DeliveryFigure): readonly [number, number] => [slotOf(figure), 1];
const failedOver = (before: readonly unknown[] | undefined): Additions => (before && before.length > 0 ? [one('failedOver')] : []);

const waited = (from: number, unitMs: number, at: string, { since }: DeliveryKind): Additions =>
  since === undefined ? [] : [[from + latencyBucketOf((Date.parse(at) - Date.parse(since)) / unitMs), 1]];
