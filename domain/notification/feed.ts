// What one user has done with the items of the in-app feed. The items themselves are deliveries of notifications.
import { accept, type Decider, type Decision } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

export const feedStream = (userId: string): string => `feed-${userId}`;

export type FeedEvent =
  | { type: 'FeedItemsSeen'; data: { ids: readonly string[] } }
  | { type: 'FeedItemsRead'; data: { ids: readonly string[] } }
  | { type: 'FeedItemsArchived'; data: { ids: readonly string[] } };

/** Who has read an item has seen it. */
export type Feed = { seen: ReadonlySet<string>; read: ReadonlySet<string>; archived: ReadonlySet<string> };

const evolve = (feed: Feed, { type, data: { ids } }: FeedEvent): Feed => {
  switch (type) {
    case 'FeedItemsSeen':
      return { ...feed, seen: withAll(feed.seen, ids) };
    case 'FeedItemsRead':
      return { ...feed, seen: withAll(feed.seen, ids), read: withAll(feed.read, ids) };
    case 'FeedItemsArchived':
      return { ...feed, archived: withAll(feed.archived, ids) };
  }
};

const withAll = (known: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> => new Set([...known, ...ids]);

export type Mark = 'seen' | 'read' | 'archived';
export type FeedCommand = { type: 'Mark'; mark: Mark; ids: readonly string[] };

const eventOf: Record<Mark, FeedEvent['type']> = { seen: 'FeedItemsSeen', read: 'FeedItemsRead', archived: 'FeedItemsArchived' };

const decide = ({ mark, ids }: FeedCommand, feed: Feed): Decision<FeedEvent, never> => {
  const fresh = [...new Set(ids)].filter((id) => !feed[mark].has(id));
  return fresh.length === 0 ? accept() : accept({ type: eventOf[mark], data: { ids: fresh } });
};

export const feed: Decider<Feed, FeedCommand, FeedEvent, never> = {
  initialState: { seen: new Set(), read: new Set(), archived: new Set() },
  decide,
  evolve,
};

export const feedCatalogue: EventCatalogue<FeedEvent> = { FeedItemsSeen: {}, FeedItemsRead: {}, FeedItemsArchived: {} };

/** What the write side needs to know of feeds. */
export const feedAggregate = { category: 'feed', decider: feed, catalogue: feedCatalogue };
