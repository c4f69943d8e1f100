import type { EventCatalogue } from '../event.ts';
import type { Channel } from './channel.ts';
import type { Before, Engagement } from './delivery.ts';
import type { DeliveryKind, ExperimentPart, InAppContent, Request } from './request.ts';

/**
 * What a provider tells of a message that it had accepted; `provider` is the adapter's name, `at` when it happened. `experiment` is that of
 * the request, and `of` the delivery's kind, so that who counts needs to know nothing else.
 */
type Receipt = { deliveryId: string; at: string; provider: string; experiment?: ExperimentPart; of?: DeliveryKind };
/** `ended`: the deliveries that nothing will come of. */
type End = { at: string; experiment?: ExperimentPart; ended?: readonly DeliveryKind[] };
/** `attempt` counts from 1; `before`: who had been asked in it, and definitely sent nothing. */
type Result = Receipt & { attempt: number; before?: readonly Before[] };

export type DeliveryEvent =
  /** The first try found the provider out of reach. Further tries are recorded when they end. */
  | { type: 'DeliveryDelayed'; data: Result & { reason: string } }
  /** Not to be tried before `until`: quiet hours, or too many of them. */
  | { type: 'DeliveryPostponed'; data: Omit<Receipt, 'provider'> & { until: string; reason: string } }
  /** What was one is one for each of the person's devices. */
  | { type: 'DeliveryExpanded'; data: Omit<Receipt, 'provider'> & { into: readonly { id: string; channel: Channel; target: string }[] } }
  /** `addressId`: what a suppression of the address that it went to would be called; a keyed hash, which names nobody. */
  | { type: 'DeliverySent'; data: Result & { reference: string; addressId?: string } }
  /** The event is the delivery: the feed is built from it. `content` is sealed, and absent where the person was erased. */
  | { type: 'InAppDelivered'; data: Result & { userId: string; category: string; template: string | null; content?: InAppContent } }
  | { type: 'DeliveryDelivered'; data: Receipt & { reference: string } }
  | { type: 'DeliveryBounced'; data: Receipt & { reason: string } }
  | { type: 'DeliveryFailed'; data: Result & { reason: string } }
  /** The provider had taken it, and tells later that it could not be delivered. */
  | { type: 'DeliveryUndelivered'; data: Receipt & { reason: string } }
  /** Not to be sent, so never tried. */
  | { type: 'DeliverySuppressed'; data: Omit<Receipt, 'provider'> & { reason: string } }
  /** May have been sent: for people to look at, never sent again. */
  | { type: 'DeliveryUnknown'; data: Result & { reason: string } }
  /** What the person did. `link` counts the links of the message from 0. */
  | { type: 'EngagementRecorded'; data: Receipt & { what: Engagement; link?: number } };

export type NotificationEvent =
  | { type: 'NotificationRequested'; data: Request }
  | { type: 'NotificationCanceled'; data: End & { reason: string | null } }
  /** It is told in another one, together with more. */
  | { type: 'NotificationDigested'; data: End & { into: string } }
  | DeliveryEvent;

/** A user's notifications are sealed under the same key as the user's payments; a mere address has a key of its own. */
const subject = ({ userId }: { userId: string | null }, id: string): string => (userId === null ? `notification:${id}` : `customer:${userId}`);

export const notificationCatalogue: EventCatalogue<NotificationEvent> = {
  NotificationRequested: { personal: ['to', 'content', 'data', 'metadata'], subject },
  NotificationCanceled: {},
  NotificationDigested: {},
  InAppDelivered: { personal: ['content'], subject },
  DeliveryDelayed: {},
  DeliveryPostponed: {},
  DeliveryExpanded: {},
  DeliverySent: {},
  DeliveryDelivered: {},
  DeliveryBounced: {},
  DeliveryFailed: {},
  DeliveryUndelivered: {},
  DeliverySuppressed: {},
  DeliveryUnknown: {},
  EngagementRecorded: {},
};
