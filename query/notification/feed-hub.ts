import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import type { Change, Counts, FeedReader } from './feed-reader.ts';

/**
 * What has changed in one feed, oldest first, and its counts afterwards; or that the watcher must read for itself what has; or that items
 * have gone for good, with the person, so that the feed must be read from the beginning.
 */
export type News = { changes: readonly Change[]; counts: Counts } | 'look' | 'begin anew';

export type FeedHub = {
  /**
   * Calls `tell` whenever the user's feed has changed. Who reads the feed once after this call, and again whenever told to, misses nothing.
   * Returns the unsubscriber.
   */
  watch: (userId: string, tell: Tell) => () => void;
  close: () => void;
};

export type Tell = (news: News) => void;

export type HubSettings = {
  items: Pick<ReadModel<FeedItem>, 'onChanged'>;
  reader: Pick<FeedReader, 'head' | 'changes' | 'countsOf'>;
  /** How often the read model is asked whether it has changed: another process may be the one that builds it. */
  pollMs?: number;
  onError: (error: unknown) => void;
};

/** Reads what has changed once for all who watch: three queries a commit of the read model, however many they are. */
export const openFeedHub = ({ items, reader, pollMs = 1_000, onError }: HubSettings): FeedHub => {
  const watchers = new Map<string, Set<Tell>>();
  // Whose items have gone while changes were being read: what was read of them may be gone, too.
  const gone = new Set<string>();
  let known: number | undefined;
  let state: 'idle' | 'reading' | 'reading, and again' = 'idle';

  const tell = (userId: string, news: News) => {
    for (const one of watchers.get(userId) ?? []) one(news);
  };

  const read = async (): Promise<void> => {
    if (known === undefined) {
      known = await reader.head();
      // What came between their own first read and this one, they must see for themselves.
      for (const userId of watchers.keys()) tell(userId, 'look');
    }
    for (let more = true; more; ) {
      gone.clear();
      const found = await reader.changes(known);
      const changed = [...found.data].filter(([userId]) => watchers.has(userId));
      const countsOf = changed.length > 0 ? await reader.countsOf(changed.map(([userId]) => userId)) : undefined;
      for (const [userId, changes] of changed) {
        if (gone.has(userId)) tell(userId, 'begin anew');
        else tell(userId, changes && countsOf ? { changes, counts: countsOf(userId) } : 'look');
      }
      ({ sequence: known, more } = found);
    }
  };
  const look = async (): Promise<void> => {
    if (state !== 'idle') state = 'reading, and again';
    if (state !== 'idle' || watchers.size === 0) return;
    try {
      do {
        state = 'reading';
        await read();
      } while (stateIs('reading, and again'));
    } catch (error) {
      // The next poll goes on from where this one was.
      onError(error);
    } finally {
      state = 'idle';
    }
  };
  const stateIs = (one: typeof state): boolean => state === one;

  const stopListening = items.onChanged(
    (documents, removed) => {
      for (const userId of new Set(removed.map(({ document }) => document.userId))) {
        gone.add(userId);
        tell(userId, 'begin anew');
      }
      if (documents.some(({ document }) => watchers.has(document.userId))) void look();
    },
    () => watchers.size > 0,
  );
  const timer = setInterval(() => void look(), pollMs).unref();

  return {
    watch: (userId, one) => {
      // What came while nobody watched need not be told: everybody begins with a read of their own.
      if (watchers.size === 0) known = undefined;
      const own = watchers.get(userId) ?? new Set();
      watchers.set(userId, own.add(one));
      if (known === undefined) void look();
      return () => {
        own.delete(one);
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
