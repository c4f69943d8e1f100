import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import type { FeedReader } from './feed-reader.ts';

export type FeedHub = {
  /** Calls `changed` when the user's feed may have changed; returns the unsubscriber. */
  watch: (userId: string, changed: () => void) => () => void;
  close: () => void;
};

export type HubSettings = {
  items: Pick<ReadModel<FeedItem>, 'onChanged'>;
  reader: Pick<FeedReader, 'head' | 'changedUsers'>;
  /** How often the read model is asked, once for all users, whether it has changed: another process may be the one that builds it. */
  pollMs?: number;
  onError: (error: unknown) => void;
};

/** Tells who watches which feed. A hint and no more: whoever is told reads the read model. */
export const openFeedHub = ({ items, reader, pollMs = 1_000, onError }: HubSettings): FeedHub => {
  const watchers = new Map<string, Set<() => void>>();
  let known: number | undefined;
  let asking = false;

  const tell = (userId: string) => {
    for (const changed of watchers.get(userId) ?? []) changed();
  };
  const stopListening = items.onChanged((documents) => {
    for (const userId of new Set(documents.flatMap(({ document }) => (document ? [document.userId] : [])))) tell(userId);
  });
  const poll = async () => {
    if (asking || watchers.size === 0) return;
    asking = true;
    try {
      if (known === undefined) {
        known = await reader.head();
        // What came between their own first read and this one, they must be told of.
        for (const userId of watchers.keys()) tell(userId);
      }
      for (let more = true; more; ) {
        const found = await reader.changedUsers(known);
        for (const userId of found.users) tell(userId);
        more = found.more && found.sequence > known;
        known = found.sequence;
      }
    } catch (error) {
      onError(error);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void poll(), pollMs).unref();

  return {
    watch: (userId, changed) => {
      // What came while nobody watched need not be told: everybody begins with a read of their own.
      if (watchers.size === 0) known = undefined;
      const own = watchers.get(userId) ?? new Set();
      watchers.set(userId, own.add(changed));
      return () => {
        own.delete(changed);
        if (own.size === 0 && watchers.get(userId) === own) watchers.delete(userId);
      };
    },
    close: () => {
      clearInterval(timer);
      stopListening();
      watchers.clear();
    },
  };
};
