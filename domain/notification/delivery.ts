import type { Channel } from './channel.ts';

/**
 * What can become of a delivery, each happening at most once. `unknown`: may have been sent, and isn't sent again. `canceled`: the whole
 * notification was called off before this was sent.
 */
export type DeliveryMilestone = 'delayed' | 'canceled' | 'unknown' | 'sent' | 'suppressed' | 'failed' | 'delivered' | 'bounced';
export type DeliveryStatus = 'queued' | Exclude<DeliveryMilestone, 'canceled'>;

/** A provider that was asked before another one, and has definitely sent nothing. */
export type Before = { provider: string; reason: string };

/**
 * `at` is when it happened; `attempt` counts from 1, null where nothing was tried; `reference` is the provider's own id of the message;
 * `before`: who had been asked in the same attempt.
 */
export type Fact = {
  at: string;
  attempt: number | null;
  provider: string | null;
  reference: string | null;
  reason: string | null;
  before?: readonly Before[];
};

/** What the person did with the message; each is told once, and none of them changes the status. */
export const engagements = ['opened', 'clicked', 'complained', 'unsubscribed'] as const;
export type Engagement = (typeof engagements)[number];

/**
 * One channel's part of a notification: the first fact of each kind, in whatever order they came. `target` tells several on one channel
 * apart without naming anybody: the digest of a device's token, or which of two chats. `until`: not to be tried before. `addressId`: what a
 * suppression of the address that it was sent to would be called.
 */
export type Delivery = {
  id: string;
  channel: Channel;
  target?: string;
  until?: string;
  addressId?: string;
  facts: Readonly<Partial<Record<DeliveryMilestone, Fact>>>;
  engaged?: Readonly<Partial<Record<Engagement, string>>>;
};

// Certainty and finality grow: a bounce may follow a delivery, a delivery disproves a failure, and anything certain ends a doubt.
// What was sent, or may have been, while it was being called off or suppressed was sent, or may have been.
const milestones: readonly DeliveryMilestone[] = ['bounced', 'delivered', 'failed', 'sent', 'unknown', 'suppressed', 'canceled', 'delayed'];

const furthest = ({ facts }: Delivery): DeliveryMilestone | undefined => milestones.find((one) => facts[one] !== undefined);

/** The furthest that the delivery has come: more facts never move it back, and their order doesn't matter. */
export const deliveryStatus = (delivery: Delivery): DeliveryStatus => {
  const milestone = furthest(delivery);
  return milestone === 'canceled' ? 'suppressed' : (milestone ?? 'queued');
};

/** Why it stands where it does; null where there is nothing to say. */
export const reasonOf = (delivery: Delivery): string | null => {
  const milestone = furthest(delivery);
  return milestone === undefined ? null : (delivery.facts[milestone]?.reason ?? null);
};

/** The tries that are recorded, in their order, each with the providers that were asked before; a receipt that comes later is none. */
export const attemptsOf = ({ facts }: Delivery): readonly (Fact & { number: number; outcome: DeliveryMilestone })[] =>
  milestones.flatMap((outcome) => triesIn(facts[outcome], outcome)).sort((a, b) => a.number - b.number);

const triesIn = (fact: Fact | undefined, outcome: DeliveryMilestone) => {
  if (fact === undefined || fact.attempt === null) return [];
  const { before = [], ...last } = fact;
  const tried = { ...last, number: fact.attempt };
  return [...before.map(({ provider, reason }) => ({ ...tried, provider, reason, reference: null, outcome: 'failed' as const })), { ...tried, outcome }];
};

/** Whether it is still to be sent: nothing has come of it, or only a delay. */
export const isPending = (delivery: Delivery): boolean => ['queued', 'delayed'].includes(deliveryStatus(delivery));

/** Whether a provider was tried and could not take it yet: what was only put off wasn't tried. */
export const isDelayedByProvider = ({ facts: { delayed } }: Delivery): boolean => delayed !== undefined && delayed.attempt !== null;

export type NotificationStatus = 'scheduled' | 'queued' | 'sent' | 'delivered' | 'failed' | 'suppressed' | 'canceled';

/**
 * The best of the deliveries, and never back: what was once delivered or sent counts until nothing can come any more.
 * A delivery that may have been sent counts as sent: who reads `failed` would ask again, and the person would get it twice.
 */
export const notificationStatus = (deliveries: readonly Delivery[], scheduled = false): NotificationStatus => {
  const statuses = deliveries.map(deliveryStatus);
  const ever = (...kinds: DeliveryMilestone[]) => deliveries.some(({ facts }) => kinds.some((kind) => facts[kind] !== undefined));
  if (statuses.every((status) => status === 'suppressed')) return ever('canceled') ? 'canceled' : 'suppressed';
  if (statuses.every((status) => ['suppressed', 'failed', 'bounced'].includes(status))) return 'failed';
  if (ever('delivered')) return 'delivered';
  if (ever('sent', 'unknown')) return 'sent';
  return scheduled && statuses.every((status) => status === 'queued') ? 'scheduled' : 'queued';
};
