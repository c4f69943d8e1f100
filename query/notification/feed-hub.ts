import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import type { Change, Counts, FeedReader } from './feed-reader.ts';

/** What has changed in one feed, oldest first, and its counts afterwards. */
export type News = { changes: readonly Change[]; counts: Counts };

export type FeedHub = {
  /**
   * Calls `tell` whenever the user's feed has changed: with the news, or with none where the watcher must read for itself. Who reads the feed
   * once after this call, and again whenever there was no news, misses nothing. Returns the unsubscriber.
   */
  watch: (userId: string, tell: Tell) => () => void;
  close: () => void;
};

export type Tell = (news: News | undefined) => void;

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
  let known: number | undefined;
  let state: 'idle' | 'reading' | 'reading, and again' = 'idle';

  const tell = (userId: string, news: News | undefined) => {
    for (const one of watchers.get(userId) ?? []) one(news);
  };

  const read = async (): Promise<void> => {
    if (known === undefined) {
      known = await reader.head();
      // What came between their own first read and this one, they must see for themselves.
      for (const userId of watchers.keys()) tell(userId, undefined);
    }
    for (let more = true; more; ) {
      const found = await reader.changes(known);
      const changed = [...found.data].filter(([userId]) => watchers.has(userId));
      const countsOf = changed.length > 0 ? await reader.countsOf(changed.map(([userId]) => userId)) : undefined;
      for (const [userId, changes] of changed) tell(userId, changes && countsOf && { changes, counts: countsOf(userId) });
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
    (documents) => {
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
