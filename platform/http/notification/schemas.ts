import { type TSchema, Type } from 'typebox';
import { Closed, Instant, Uuid } from '../schemas.ts';

const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** The channels there are. */
export const ChannelName = Type.Enum(['email', 'in_app']);
export const NotificationStatusName = Type.Enum(['queued', 'sent', 'delivered', 'failed', 'suppressed']);
const DeliveryStatusName = Type.Enum(['queued', 'delayed', 'unknown', 'sent', 'suppressed', 'failed', 'delivered', 'bounced']);

/** Whose notification it is: our callers' own id of the user. Printable ASCII without blanks. */
export const UserId = Type.String({ pattern: '^[!-~]{1,128}$', description: "The caller's own id of the user" });
export const TemplateKey = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const Category = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const Priority = Type.Enum(['normal', 'critical']);
/** BCP 47, the common form. */
export const Locale = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' });
export const Metadata = Type.Record(Type.String({ pattern: '^[!-~]{1,40}$' }), Type.String({ maxLength: 500 }), { maxProperties: 50 });
export const Recipient = Closed({ email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })) });
export const ContentBody = Closed({
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 100_000 })),
  html: Type.Optional(Type.String({ minLength: 1, maxLength: 100_000 })),
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  body: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  url: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
});

const Attempt = Type.Object({
  number: Type.Integer(),
  at: Instant,
  provider: OrNull(Type.String()),
  outcome: DeliveryStatusName,
  reason: Type.Optional(Type.String()),
});

const DeliveryBody = Type.Object({
  id: Uuid,
  channel: ChannelName,
  provider: OrNull(Type.String()),
  status: DeliveryStatusName,
  reason: Type.Optional(Type.String()),
  attempts: Type.Array(Attempt),
  providerMessageId: OrNull(Type.String()),
  sentAt: OrNull(Instant),
  deliveredAt: OrNull(Instant),
  engagement: Type.Array(Type.String()),
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
