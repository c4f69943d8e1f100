import { Type } from 'typebox';
import { pushProviders } from '../../../domain/notification/contacts.ts';
import { Closed } from '../schemas.ts';

const Url = Type.String({ minLength: 1, maxLength: 2_000 });

export const PushTokenBody = Closed({
  provider: Type.Enum([...pushProviders]),
  token: Type.String({ pattern: '^[!-~]{1,4096}$', description: 'As the provider gave it to the device' }),
});

/** Where a notification is to go, beside what the user's contacts say. */
export const Recipient = Closed({
  email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
  phone: Type.Optional(Type.String({ minLength: 1, maxLength: 20, description: 'E.164: +441632960961' })),
  pushTokens: Type.Optional(Type.Array(PushTokenBody, { minItems: 1, maxItems: 20, uniqueItems: true })),
  slackChannel: Type.Optional(Type.String({ pattern: '^[#@]?[A-Za-z0-9._-]{1,80}$' })),
  slackUrl: Type.Optional(Url),
  teamsUrl: Type.Optional(Url),
  webhookUrl: Type.Optional(Url),
});

export const AttachmentBody = Closed({
  filename: Type.String({ minLength: 1, maxLength: 200 }),
  contentType: Type.String({ pattern: '^[\\w.+-]{1,60}/[\\w.+-]{1,60}$' }),
  content: Type.String({ pattern: '^[A-Za-z0-9+/]+={0,2}$', maxLength: 240_000, description: 'Base64' }),
});

/** Seconds; four weeks are the most that Firebase keeps a message. */
export const TimeToLive = Type.Integer({ minimum: 0, maximum: 2_419_200, description: 'Seconds after which it is of no use to a device that was off' });

export const PushMannerBody = Closed({
  badge: Type.Optional(Type.Integer({ minimum: 0, maximum: 99_999, description: 'The number on the app’s icon' })),
  collapseKey: Type.Optional(Type.String({ pattern: '^[!-~]{1,64}$', description: 'A later one with the same takes its place' })),
  ttlSeconds: Type.Optional(TimeToLive),
});

/** Ready words; one channel's stand in for another's where they can. */
export const ContentBody = Closed({
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 100_000 })),
  html: Type.Optional(Type.String({ minLength: 1, maxLength: 100_000 })),
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  body: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  url: Type.Optional(Url),
  data: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$' }), Type.String({ maxLength: 1_000 }), {
      maxProperties: 50,
      description: 'For your app on their devices',
    }),
  ),
  push: Type.Optional(PushMannerBody),
  blocks: Type.Optional(Type.Array(Type.Object({ type: Type.String({ maxLength: 50 }) }), { maxItems: 50, description: "Slack's blocks, as they are" })),
  type: Type.Optional(Type.String({ pattern: '^[a-z0-9_]+(\\.[a-z0-9_]+)*$', maxLength: 100, description: 'Of a webhook: what has happened' })),
  payload: Type.Optional(Type.Unknown({ description: 'Of a webhook: any JSON' })),
  replyTo: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
  attachments: Type.Optional(Type.Array(AttachmentBody, { maxItems: 10 })),
});
