import { type TSchema, Type } from 'typebox';
import { channels } from '../../../domain/notification/channel.ts';
import { engagements } from '../../../domain/notification/delivery.ts';
import { Instant, Uuid } from '../schemas.ts';
import { ContentBody, Recipient } from './content-schemas.ts';

const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** The channels there are. */
export const ChannelName = Type.Enum([...channels]);
export const NotificationStatusName = Type.Enum(['scheduled', 'queued', 'sent', 'delivered', 'failed', 'suppressed', 'canceled']);
const DeliveryStatusName = Type.Enum(['queued', 'delayed', 'unknown', 'sent', 'suppressed', 'failed', 'delivered', 'bounced']);
const OutcomeName = Type.Enum(['delayed', 'canceled', 'unknown', 'sent', 'suppressed', 'failed', 'delivered', 'bounced']);

/** Whose notification it is: our callers' own id of the user. Printable ASCII without blanks. */
export const UserId = Type.String({ pattern: '^[!-~]{1,128}$', description: "The caller's own id of the user" });
/** Of routes under `/api/v1/feed/:userId`: users may with a token of their own. */
export const ownFeed = { permission: 'feed:own', parameter: 'userId' } as const;
export const TemplateKey = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const Category = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const Priority = Type.Enum(['normal', 'critical']);
/** BCP 47, the common form. */
export const Locale = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' });
export const Metadata = Type.Record(Type.String({ pattern: '^[!-~]{1,40}$' }), Type.String({ maxLength: 500 }), { maxProperties: 50 });
const Attempt = Type.Object({
  number: Type.Integer(),
  at: Instant,
  provider: OrNull(Type.String()),
  outcome: OutcomeName,
  reason: Type.Optional(Type.String()),
});

const DeliveryBody = Type.Object({
  id: Uuid,
  channel: ChannelName,
  provider: OrNull(Type.String()),
  status: DeliveryStatusName,
  reason: Type.Optional(Type.String()),
  until: Type.Optional(Instant),
  attempts: Type.Array(Attempt),
  providerMessageId: OrNull(Type.String()),
  sentAt: OrNull(Instant),
  deliveredAt: OrNull(Instant),
  engagement: Type.Array(Type.Enum([...engagements])),
});

const summary = {
  id: Uuid,
  status: NotificationStatusName,
  userId: OrNull(Type.String()),
  template: OrNull(Type.String()),
  templateVersion: OrNull(Type.Integer()),
  category: Type.String(),
  priority: Priority,
  locale: Type.String(),
  sendAt: OrNull(Instant),
  digestKey: OrNull(Type.String()),
  digestedInto: OrNull(Uuid),
  digestOf: Type.Optional(Type.Array(Uuid)),
  experiment: OrNull(Type.Object({ key: Type.String(), variant: OrNull(Type.String()) })),
  deliveries: Type.Array(DeliveryBody),
  version: Type.Integer(),
  createdAt: Instant,
  updatedAt: Instant,
};

/** A row of a list: without words, addresses and data. */
export const NotificationSummary = Type.Object(summary);

/** A notification; `to`, `content`, `data` and `metadata` are absent where the person was erased. */
export const NotificationBody = Type.Object({
  ...summary,
  to: Type.Optional(Recipient),
  content: Type.Optional(ContentBody),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  metadata: Type.Optional(Metadata),
});

/** One item of a feed. `sequence` is that of its last change: ask for what is after it. */
export const FeedItemBody = Type.Object({
  id: Uuid,
  notificationId: Uuid,
  title: Type.String(),
  body: Type.String(),
  url: OrNull(Type.String()),
  category: Type.String(),
  template: OrNull(Type.String()),
  at: Instant,
  seen: Type.Boolean(),
  read: Type.Boolean(),
  archived: Type.Boolean(),
  sequence: Type.Integer(),
});
