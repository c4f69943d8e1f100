// What one user has done with the items of the in-app feed. The items themselves are deliveries of notifications.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import { type Layers, lookUp, withEntries } from './layers.ts';

export const feedStream = (userId: string): string => `feed-${userId}`;

type Ids = { ids: readonly string[] };
export type FeedEvent =
  | { type: 'FeedItemsSeen'; data: Ids }
  | { type: 'FeedItemsRead'; data: Ids }
  | { type: 'FeedItemsUnread'; data: Ids }
  | { type: 'FeedItemsArchived'; data: Ids }
  | { type: 'FeedItemsUnarchived'; data: Ids };

export type Marks = { seen: boolean; read: boolean; archived: boolean };
export const noMarks: Marks = { seen: false, read: false, archived: false };

/** What each event makes of an item's marks. Who has read an item has seen it, and has still seen it when it is unread again. */
export const marksOf = ({ type }: Pick<FeedEvent, 'type'>): Partial<Marks> => {
  switch (type) {
    case 'FeedItemsSeen':
      return { seen: true };
    case 'FeedItemsRead':
      return { seen: true, read: true };
    case 'FeedItemsUnread':
      return { read: false };
    case 'FeedItemsArchived':
      return { archived: true };
    case 'FeedItemsUnarchived':
      return { archived: false };
  }
};

/** The marks after an event: the same object where it changes none. */
export const marked = <M extends Marks>(marks: M, event: Pick<FeedEvent, 'type'>): M => {
  const next = { ...marks, ...marksOf(event) };
  const same = next.seen === marks.seen && next.read === marks.read && next.archived === marks.archived;
  return same ? marks : next;
};

/** The marks of every item that was ever marked. */
export type Feed = Layers<Marks>;
export type Mark = 'seen' | 'read' | 'unread' | 'archived' | 'unarchived';
export type FeedCommand = { type: 'Mark'; mark: Mark; ids: readonly string[] };
/** Nothing was ever marked in this feed, so there is nothing to take back. */
export type FeedRejection = 'nothing_marked';

const eventOf: Record<Mark, FeedEvent['type']> = {
  seen: 'FeedItemsSeen',
  read: 'FeedItemsRead',
  unread: 'FeedItemsUnread',
  archived: 'FeedItemsArchived',
  unarchived: 'FeedItemsUnarchived',
};

const marksIn = (feed: Feed, id: string): Marks => lookUp(feed, id) ?? noMarks;

const evolve = (feed: Feed, event: FeedEvent): Feed => withEntries(feed, new Map(event.data.ids.map((id) => [id, marked(marksIn(feed, id), event)])));

const decide = ({ mark, ids }: FeedCommand, feed: Feed): Decision<FeedEvent, FeedRejection> => {
  const type = eventOf[mark];
  const fresh = [...new Set(ids)].filter((id) => {
    const before = marksIn(feed, id);
    return marked(before, { type }) !== before;
  });
  if (fresh.length > 0) return accept({ type, data: { ids: fresh } });
  return feed.length > 0 ? accept() : reject('nothing_marked');
};

export const feed: Decider<Feed, FeedCommand, FeedEvent, FeedRejection> = { initialState: [], decide, evolve };

export const feedCatalogue: EventCatalogue<FeedEvent> = {
  FeedItemsSeen: {},
  FeedItemsRead: {},
  FeedItemsUnread: {},
  FeedItemsArchived: {},
  FeedItemsUnarchived: {},
};

/** What the write side needs to know of feeds. */
export const feedAggregate = { category: 'feed', decider: feed, catalogue: feedCatalogue };
