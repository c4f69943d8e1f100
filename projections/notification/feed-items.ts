import type { NotificationEvent } from '../../domain/notification/events.ts';
import { type FeedEvent, marked, noMarks } from '../../domain/notification/feed.ts';
import type { PersonEvent } from '../../domain/person.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/**
 * One item of a user's feed. `added` is the log position at which it came, `sequence` that of its last change: who has read up to a
 * sequence finds everything since then above it, without a gap.
 */
export type FeedItem = {
  userId: string;
  notificationId: string;
  title: string;
  body: string;
  url: string | null;
  category: string;
  template: string | null;
  at: string;
  seen: boolean;
  read: boolean;
  archived: boolean;
  added: number;
  sequence: number;
} & Shelves;

/**
 * On which lists the item is: each names the user, or is absent. So every list of a feed is a range of one index, in its order, and what is
 * counted is no more than what is on it, however long the feed.
 */
type Shelves = { inboxOf?: string; archiveOf?: string; unseenOf?: string; unreadOf?: string; categoryOf: string };

/** Neither a user's id nor a category has a blank. */
export const categoryOf = (userId: string, category: string): string => `${userId} ${category}`;

type FeedItemEvent = Extract<NotificationEvent, { type: 'InAppDelivered' }> | FeedEvent | Extract<PersonEvent, { type: 'RecordsErased' }>;

const idsOf = (event: FeedItemEvent): readonly string[] => {
  if (event.type === 'InAppDelivered') return [event.data.deliveryId];
  return event.type === 'RecordsErased' && event.data.kind !== 'feed_item' ? [] : event.data.ids;
};

export const feedItems: Projection<FeedItemEvent, FeedItem> = {
  name: 'feed-items',
  version: 3,
  store: 'postgres',
  indexes: {
    userId: 'text',
    inboxOf: 'text',
    archiveOf: 'text',
    unseenOf: 'text',
    unreadOf: 'text',
    categoryOf: 'text',
    added: 'number',
    sequence: 'number',
  },
  listedBy: { userId: 'sequence', inboxOf: 'added', archiveOf: 'added', unseenOf: 'added', unreadOf: 'added', categoryOf: 'added' },
  handles: ['InAppDelivered', 'FeedItemsSeen', 'FeedItemsRead', 'FeedItemsUnread', 'FeedItemsArchived', 'FeedItemsUnarchived', 'RecordsErased'],
  ids: idsOf,
  creates: ({ type }) => type === 'InAppDelivered',
  evolve: (item, event) => {
    if (event.type === 'InAppDelivered') return item ?? itemOf(event);
    if (event.type === 'RecordsErased') return undefined;
    // Marks of another user's items, or of items that an erased person once had, change nothing.
    return item && item.userId === event.streamId ? changed(item, event) : item;
  },
};

/** The item, or none where the person was erased. */
const itemOf = ({ streamId, position, data }: Recorded<Extract<FeedItemEvent, { type: 'InAppDelivered' }>>): FeedItem | undefined => {
  if (!data.content) return undefined;
  const { title, body, url } = data.content;
  const sequence = Number(position);
  return shelved({
    userId: data.userId,
    notificationId: streamId,
    title,
    body,
    url,
    category: data.category,
    template: data.template,
    at: data.at,
    ...noMarks,
    categoryOf: categoryOf(data.userId, data.category),
    added: sequence,
    sequence,
  });
};

const changed = (item: FeedItem, event: Recorded<FeedEvent>): FeedItem => {
  const next = marked(item, event);
  return next === item ? item : shelved({ ...next, sequence: Number(event.position) });
};

const shelved = ({ inboxOf, archiveOf, unseenOf, unreadOf, ...item }: FeedItem): FeedItem => {
  const { userId, seen, read, archived } = item;
  if (archived) return { ...item, archiveOf: userId };
  return { ...item, inboxOf: userId, ...(!seen && { unseenOf: userId }), ...(!read && { unreadOf: userId }) };
};
