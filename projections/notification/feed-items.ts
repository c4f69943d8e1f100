import type { NotificationEvent } from '../../domain/notification/events.ts';
import type { FeedEvent } from '../../domain/notification/feed.ts';
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
};

type FeedItemEvent = Extract<NotificationEvent, { type: 'InAppDelivered' }> | FeedEvent;

export const feedItems: Projection<FeedItemEvent, FeedItem> = {
  name: 'feed-items',
  version: 1,
  store: 'postgres',
  indexes: { userId: 'text', seen: 'boolean', read: 'boolean', archived: 'boolean', added: 'number', sequence: 'number' },
  handles: ['InAppDelivered', 'FeedItemsSeen', 'FeedItemsRead', 'FeedItemsArchived'],
  ids: (event) => (event.type === 'InAppDelivered' ? [event.data.deliveryId] : event.data.ids),
  creates: ({ type }) => type === 'InAppDelivered',
  evolve: (item, event) => {
    if (event.type === 'InAppDelivered') return item ?? itemOf(event);
    // Marks of another user's items, or of items that an erased person once had, change nothing.
    return item && item.userId === event.streamId ? changed(item, marksOf(event), Number(event.position)) : item;
  },
};

/** The item, or none where the person was erased. */
const itemOf = ({ streamId, position, data }: Recorded<Extract<FeedItemEvent, { type: 'InAppDelivered' }>>): FeedItem | undefined => {
  if (!data.content) return undefined;
  const { title, body, url } = data.content;
  const sequence = Number(position);
  return {
    userId: data.userId,
    notificationId: streamId,
    title,
    body,
    url,
    category: data.category,
    template: data.template,
    at: data.at,
    seen: false,
    read: false,
    archived: false,
    added: sequence,
    sequence,
  };
};

type Marks = Partial<Pick<FeedItem, 'seen' | 'read' | 'archived'>>;

const marksOf = ({ type }: FeedEvent): Marks => {
  switch (type) {
    case 'FeedItemsSeen':
      return { seen: true };
    case 'FeedItemsRead':
      return { seen: true, read: true };
    case 'FeedItemsArchived':
      return { archived: true };
  }
};

const changed = (item: FeedItem, marks: Marks, sequence: number): FeedItem => {
  const next = { ...item, ...marks };
  const same = next.seen === item.seen && next.read === item.read && next.archived === item.archived;
  return same ? item : { ...next, sequence };
};
