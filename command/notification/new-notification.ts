import { type Static, Type } from 'typebox';
import { ContentBody, Recipient } from '../../platform/http/notification/content-schemas.ts';
import { Category, ChannelName, Locale, Metadata, Priority, TemplateKey, UserId } from '../../platform/http/notification/schemas.ts';
import { Closed, Instant } from '../../platform/http/schemas.ts';

/** What `POST /api/v1/notifications` takes. */
export const NewNotification = Closed({
  userId: Type.Optional(UserId),
  to: Type.Optional(Recipient),
  template: Type.Optional(TemplateKey),
  content: Type.Optional(ContentBody),
  data: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 200 })),
  channels: Type.Optional(Type.Array(ChannelName, { minItems: 1, uniqueItems: true })),
  category: Type.Optional(Category),
  priority: Type.Optional(Priority),
  sendAt: Type.Optional(Instant),
  digestKey: Type.Optional(
    Type.String({ pattern: '^[!-~]{1,128}$', description: 'What is asked for with the same key, to the same user, by the same template, becomes one message' }),
  ),
  locale: Type.Optional(Locale),
  metadata: Type.Optional(Metadata),
});
export type NewNotification = Static<typeof NewNotification>;
