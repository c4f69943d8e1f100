import { type TSchema, Type } from 'typebox';
import type { Channel } from '../../../domain/notification/channel.ts';
import { mostPushTokens, pushProviders } from '../../../domain/notification/contacts.ts';
import { suppressionReasons } from '../../../domain/notification/suppression.ts';
import { Closed, Instant, Uuid } from '../schemas.ts';
import { Category, ChannelName, Locale, UserId } from './schemas.ts';

const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Given = <T extends TSchema>(schema: T) => Type.Optional(OrNull(schema));

const Email = Type.String({ minLength: 1, maxLength: 254, description: 'One address, without a name' });
const Phone = Type.String({ pattern: '^\\+[1-9]\\d{6,14}$', description: 'E.164: +447700900123' });
const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: 'IANA name: Europe/London' });
const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'On the clock of the time zone: 22:00' });
const PushToken = Closed({ provider: Type.Enum([...pushProviders]), token: Type.String({ pattern: '^[!-~]{1,4096}$' }) });

/** Path parameters of everything that a user has one of. */
export const OfUser = Type.Object({ userId: UserId });

/** What `PUT /contacts/:userId` takes, in the place of all that was known: what isn't named is forgotten. */
export const NewContacts = Closed({
  email: Given(Email),
  phone: Given(Phone),
  pushTokens: Type.Optional(Type.Array(PushToken, { maxItems: mostPushTokens })),
  locale: Given(Locale),
  timeZone: Given(TimeZone),
});

export const ContactsBody = Type.Object({
  userId: UserId,
  email: OrNull(Type.String()),
  phone: OrNull(Type.String()),
  pushTokens: Type.Array(PushToken),
  locale: OrNull(Type.String()),
  timeZone: OrNull(Type.String()),
  updatedAt: Instant,
});

const Wanted = Type.Optional(Type.Boolean());
const ByChannel = Closed({ email: Wanted, sms: Wanted, push: Wanted, in_app: Wanted, chat: Wanted, webhook: Wanted } satisfies Record<Channel, typeof Wanted>);
const preferences = {
  channels: ByChannel,
  categories: Type.Record(Category, Type.Union([Type.Boolean(), ByChannel]), {
    maxProperties: 200,
    additionalProperties: false,
    description: '`false` for all of a category, or by channel. What is not named is wanted',
  }),
};
const QuietHours = Closed({ start: TimeOfDay, end: TimeOfDay, timeZone: Given(TimeZone) });

/** What `PUT /preferences/:userId` takes, in the place of all that was known. */
export const NewPreferences = Closed({
  channels: Type.Optional(preferences.channels),
  categories: Type.Optional(preferences.categories),
  quietHours: Given(QuietHours),
  locale: Given(Locale),
});

/** `updatedAt` is null where the user has never said anything. */
export const PreferencesBody = Type.Object({
  userId: UserId,
  ...preferences,
  quietHours: OrNull(Type.Object({ start: Type.String(), end: Type.String(), timeZone: OrNull(Type.String()) })),
  locale: OrNull(Type.String()),
  updatedAt: OrNull(Instant),
});

export const SuppressionReasonName = Type.Enum([...suppressionReasons]);
export const AddressText = Type.String({ minLength: 1, maxLength: 4_096 });

const Fact = Type.Object({
  reason: SuppressionReasonName,
  category: OrNull(Type.String({ description: 'Only this category is not sent; null: nothing at all is' })),
  provider: OrNull(Type.String()),
  notificationId: OrNull(Type.String()),
  at: Instant,
});

/** One address, and every reason why it isn't sent to; `address` is null where its owner was erased. */
export const SuppressionBody = Type.Object({
  id: Uuid,
  channel: ChannelName,
  address: OrNull(Type.String()),
  userId: OrNull(Type.String()),
  since: Instant,
  reasons: Type.Array(Fact),
});
