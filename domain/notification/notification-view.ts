import type { Channel } from './channel.ts';
import {
  attemptsOf,
  type Delivery,
  type DeliveryMilestone,
  type DeliveryStatus,
  deliveryStatus,
  type Engagement,
  engagements,
  type NotificationStatus,
  notificationStatus,
  reasonOf,
} from './delivery.ts';
import type { Notification } from './notification.ts';
import type { Addresses, Content, ExperimentPart } from './request.ts';

/** A notification as the API shows it; personal fields are absent where the person was erased. */
export type NotificationView = {
  id: string;
  status: NotificationStatus;
  userId: string | null;
  to?: Addresses;
  template: string | null;
  templateVersion: number | null;
  content?: Content;
  data?: Readonly<Record<string, unknown>>;
  metadata?: Readonly<Record<string, string>>;
  category: string;
  priority: 'normal' | 'critical';
  locale: string;
  sendAt: string | null;
  digestKey: string | null;
  /** The one that tells this together with others. */
  digestedInto: string | null;
  /** Those that this one tells together. */
  digestOf?: string[];
  experiment: Pick<ExperimentPart, 'key' | 'variant'> | null;
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
  /** Not before then, where it was put off. */
  until?: string;
  attempts: { number: number; at: string; provider: string | null; outcome: DeliveryMilestone; reason?: string }[];
  providerMessageId: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  engagement: Engagement[];
};

/** How far the history was folded, and the times of its first and last event. */
type Folded = { state: Notification; version: number; createdAt: string; updatedAt: string };

/** The one way to show a notification: to who asked for it, in the read model, and as it was at some time. */
export const notificationView = (id: string, { state, version, createdAt, updatedAt }: Folded): NotificationView => {
  if (state.status === 'absent') throw new Error(`notification ${id} is to be shown and isn't there`);
  const { status: _, at, caller, anyLocale, template, deliveries, digest, sendAt = null, digestedInto = null, experiment, ...asked } = state;
  return {
    id,
    status: notificationStatus(deliveries, sendAt !== null),
    ...asked,
    template: template?.key ?? null,
    templateVersion: template?.version ?? null,
    sendAt,
    digestKey: digest?.key ?? null,
    digestedInto,
    experiment: experiment ? { key: experiment.key, variant: experiment.variant } : null,
    deliveries: deliveries.map(deliveryView),
    version,
    createdAt,
    updatedAt,
  };
};

const deliveryView = (delivery: Delivery): DeliveryView => {
  const { id, channel, facts, until, engaged = {} } = delivery;
  const status = deliveryStatus(delivery);
  const reason = reasonOf(delivery);
  const attempts = attemptsOf(delivery);
  return {
    id,
    channel,
    provider: (facts.delivered ?? attempts.at(-1))?.provider ?? null,
    status,
    ...(reason !== null && { reason }),
    ...(status === 'delayed' && until !== undefined && { until }),
    attempts: attempts.map(({ number, at, provider, outcome, reason }) => ({ number, at, provider, outcome, ...(reason === null ? {} : { reason }) })),
    providerMessageId: facts.delivered?.reference ?? facts.sent?.reference ?? null,
    sentAt: facts.sent?.at ?? (channel === 'in_app' ? facts.delivered?.at : null) ?? null,
    deliveredAt: facts.delivered?.at ?? null,
    engagement: engagements.filter((what) => engaged[what] !== undefined),
  };
};
