import {
  attemptsOf,
  type Channel,
  type Delivery,
  type DeliveryMilestone,
  type DeliveryStatus,
  deliveryStatus,
  type NotificationStatus,
  notificationStatus,
} from './delivery.ts';
import type { Content, Notification } from './notification.ts';

/** A notification as the API shows it; personal fields are absent where the person was erased. */
export type NotificationView = {
  id: string;
  status: NotificationStatus;
  userId: string | null;
  to?: { email?: string };
  template: string | null;
  templateVersion: number | null;
  content?: Content;
  data?: Readonly<Record<string, unknown>>;
  metadata?: Readonly<Record<string, string>>;
  category: string;
  priority: 'normal' | 'critical';
  locale: string;
  deliveries: DeliveryView[];
  version: number;
  createdAt: string;
  updatedAt: string;
};

export type DeliveryView = {
  id: string;
  channel: Channel;
  provider: string | null;
  status: DeliveryStatus;
  reason?: string;
  attempts: { number: number; at: string; provider: string | null; outcome: DeliveryMilestone; reason?: string }[];
  providerMessageId: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  engagement: string[];
};

/** How far the history was folded, and the times of its first and last event. */
type Folded = { state: Notification; version: number; createdAt: string; updatedAt: string };

/** The one way to show a notification: to who asked for it, in the read model, and as it was at some time. */
export const notificationView = (id: string, { state, version, createdAt, updatedAt }: Folded): NotificationView => {
  if (state.status === 'absent') throw new Error(`notification ${id} is to be shown and isn't there`);
  const { status: _, template, deliveries, ...asked } = state;
  return {
    id,
    status: notificationStatus(deliveries),
    ...asked,
    template: template?.key ?? null,
    templateVersion: template?.version ?? null,
    deliveries: deliveries.map(deliveryView),
    version,
    createdAt,
    updatedAt,
  };
};

const deliveryView = (delivery: Delivery): DeliveryView => {
  const { id, channel, facts } = delivery;
  const status = deliveryStatus(delivery);
  const reason = status === 'queued' ? null : (facts[status]?.reason ?? null);
  const attempts = attemptsOf(delivery);
  return {
    id,
    channel,
    provider: (facts.delivered ?? attempts.at(-1))?.provider ?? null,
    status,
    ...(reason === null ? {} : { reason }),
    attempts: attempts.map(({ number, at, provider, outcome, reason }) => ({ number, at, provider, outcome, ...(reason === null ? {} : { reason }) })),
    providerMessageId: facts.delivered?.reference ?? facts.sent?.reference ?? null,
    sentAt: facts.sent?.at ?? (channel === 'in_app' ? facts.delivered?.at : null) ?? null,
    deliveredAt: facts.delivered?.at ?? null,
    engagement: [],
  };
};
