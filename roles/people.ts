import { contactsRoutes } from '../command/notification/contacts-routes.ts';
import { peopleRoutes } from '../command/notification/people-routes.ts';
import { preferencesRoutes } from '../command/notification/preferences-routes.ts';
import { suppressionRoutes } from '../command/notification/suppression-routes.ts';
import { unsubscribeRoutes } from '../command/notification/unsubscribe-routes.ts';
import type { FeedItem } from '../projections/notification/feed-items.ts';
import type { NotificationListItem } from '../projections/notification/notification-list.ts';
import type { RecipientDocument } from '../projections/notification/recipients.ts';
import type { ReadModel } from '../projections/read-model.ts';
import { addressesOf } from '../query/notification/addresses-of.ts';
import { peopleQueries } from '../query/notification/people-queries.ts';
import { recipientReader } from '../query/notification/recipient-reader.ts';
import { type RecordSource, recordsOf } from '../query/notification/records-of.ts';
import { suppressionQueries } from '../query/notification/suppression-queries.ts';
import { deadAddress } from '../workers/notification/dead-address.ts';
import { removePushToken, suppressAddress } from '../workers/notification/suppress.ts';
import { unsubscribeUrlFor } from '../workers/notification/unsubscribe-url.ts';
import type { Foundation } from './foundation.ts';

type Parts = Pick<Foundation, 'notifications' | 'contacts' | 'preferences' | 'suppressions' | 'people' | 'personalData' | 'addressIds' | 'unsubscribing'> & {
  recipients: ReadModel<RecipientDocument>;
  /** What else holds what is personal. */
  personal: readonly RecordSource[];
};

/** Who may be reached, where and when: what callers and the people themselves say of it. */
export const peopleHttp = (parts: Parts) => [
  contactsRoutes(parts),
  preferencesRoutes(parts),
  suppressionRoutes(parts),
  peopleRoutes({ ...parts, addressesOf: addressesOf(parts), recordsOf: recordsOf(parts.personal, [parts.recipients]) }),
  unsubscribeRoutes({ ...parts, links: parts.unsubscribing }),
  peopleQueries(parts),
  suppressionQueries(parts),
];

/** The read models of the notification service that hold what people are told. */
export const personalRecords = (list: ReadModel<NotificationListItem>, items: ReadModel<FeedItem>): readonly RecordSource[] => [
  { kind: 'notification', model: list, owner: 'userId', orderBy: 'createdAt' },
  { kind: 'feed_item', model: items, owner: 'userId', orderBy: 'sequence' },
];

/** The same for who sends. */
export const peopleForSending = (parts: Pick<Parts, 'recipients' | 'addressIds' | 'unsubscribing' | 'suppressions' | 'contacts'>) => ({
  recipients: recipientReader(parts),
  addressId: parts.addressIds,
  unsubscribeUrl: unsubscribeUrlFor(parts.unsubscribing),
  dead: deadAddress({ suppress: suppressAddress(parts), removePushToken: removePushToken(parts) }),
});
