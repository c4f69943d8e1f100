export type Channel = 'email' | 'in_app';

/** What can become of a delivery, each happening at most once. `unknown`: may have been sent, and isn't sent again. */
export type DeliveryMilestone = 'delayed' | 'unknown' | 'sent' | 'suppressed' | 'failed' | 'delivered' | 'bounced';
export type DeliveryStatus = 'queued' | DeliveryMilestone;

/** `at` is when it happened; `attempt` counts from 1, null where nothing was tried; `reference` is the provider's own id of the message. */
export type Fact = { at: string; attempt: number | null; provider: string | null; reference: string | null; reason: string | null };

/** One channel's part of a notification: the first fact of each kind, in whatever order they came. */
export type Delivery = { id: string; channel: Channel; facts: Readonly<Partial<Record<DeliveryMilestone, Fact>>> };

// Certainty and finality grow: a bounce may follow a delivery, a delivery disproves a failure, and anything certain ends a doubt.
const milestones: readonly DeliveryMilestone[] = ['bounced', 'delivered', 'failed', 'suppressed', 'sent', 'unknown', 'delayed'];

/** The furthest that the delivery has come: more facts never move it back, and their order doesn't matter. */
export const deliveryStatus = ({ facts }: Delivery): DeliveryStatus => milestones.find((one) => facts[one] !== undefined) ?? 'queued';

/** The tries that are recorded, in their order: a receipt that comes later is none. */
export const attemptsOf = ({ facts }: Delivery): readonly (Fact & { number: number; outcome: DeliveryMilestone })[] =>
  milestones
    .flatMap((outcome) => (facts[outcome] && facts[outcome].attempt !== null ? [{ ...facts[outcome], number: facts[outcome].attempt, outcome }] : []))
    .sort((a, b) => a.number - b.number);

/** Whether it is still to be sent: nothing has come of it, or only a delay. */
export const isPending = (delivery: Delivery): boolean => ['queued', 'delayed'].includes(deliveryStatus(delivery));

export type NotificationStatus = 'queued' | 'sent' | 'delivered' | 'failed' | 'suppressed';

/**
 * The best of the deliveries, and never back: what was once delivered or sent counts until nothing can come any more.
 * A delivery that may have been sent counts as sent: who reads `failed` would ask again, and the person would get it twice.
 */
export const notificationStatus = (deliveries: readonly Delivery[]): NotificationStatus => {
  const statuses = deliveries.map(deliveryStatus);
  const ever = (...kinds: DeliveryMilestone[]) => deliveries.some(({ facts }) => kinds.some((kind) => facts[kind] !== undefined));
  if (statuses.every((status) => status === 'suppressed')) return 'suppressed';
  if (statuses.every((status) => ['suppressed', 'failed', 'bounced'].includes(status))) return 'failed';
  if (ever('delivered')) return 'delivered';
  return ever('sent', 'unknown') ? 'sent' : 'queued';
};
