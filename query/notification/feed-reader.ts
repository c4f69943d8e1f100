import type { Condition, Stored } from '../../platform/documents/document-store.ts';
import { categoryOf, type FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type FeedItemView = Pick<
  FeedItem,
  'notificationId' | 'title' | 'body' | 'url' | 'category' | 'template' | 'at' | 'seen' | 'read' | 'archived' | 'sequence'
> & {
  id: string;
};
export type Counts = { unseen: number; unread: number };

/** An item with its own `added`: the position at which it came. */
export type Change = { added: number; item: FeedItemView };
/** What has changed after a sequence, up to `sequence`, by user; none for who must be read alone. `more` where there is more. */
export type Changes = { data: ReadonlyMap<string, readonly Change[] | undefined>; sequence: number; more: boolean };

/** Which items a page is of: those in the inbox unless `archived`. What is archived is on no other list, so `unread` asks for the inbox's. */
export type Shelf = { archived?: boolean; unread?: boolean; category?: string };

const largestPage = 500;
const idsAPage = 1_000;

/** What is read of the feeds. A sequence is a log position; whatever is after it, is read in its order. */
export const feedReader = (items: Omit<ReadModel<FeedItem>, 'get' | 'count' | 'onChanged'>) => {
  const all = async (where: readonly Condition[], orderBy: 'added' | 'sequence', limit = Number.POSITIVE_INFINITY) => {
    const rows: Stored<FeedItem>[] = [];
    for (let after: string | undefined; ; ) {
      const page = await items.find({ where: [...where, present(orderBy)], orderBy, limit: Math.min(idsAPage, limit - rows.length), ...(after && { after }) });
      rows.push(...page.rows);
      if (!page.next || rows.length >= limit) return { rows, more: page.next !== undefined };
      after = page.next;
    }
  };

  /** Of many feeds at once. */
  const countsOf = async (users: readonly string[]): Promise<(userId: string) => Counts> => {
    const [unseen, unread] = await Promise.all([items.countBy('unseenOf', users), items.countBy('unreadOf', users)]);
    return (userId) => ({ unseen: unseen.get(userId) ?? 0, unread: unread.get(userId) ?? 0 });
  };

  return {
    reached: items.reached,
    countsOf,
    counts: async (userId: string): Promise<Counts> => (await countsOf([userId]))(userId),

    /** The sequence of the newest change, of one user's feed or of all; 0 where there is none. */
    head: async (userId?: string): Promise<number> => {
      const { rows } = await items.find({ where: [...ofUser(userId), present('sequence')], orderBy: 'sequence', limit: 1 });
      return rows[0]?.document.sequence ?? 0;
    },

    /** Newest first. */
    page: async (userId: string, { limit, after, ...shelf }: { limit: number; after?: string } & Shelf): Promise<{ data: Change[]; next?: string }> => {
      const { rows, next } = await items.find({ where: [...onShelf(userId, shelf), present('added')], orderBy: 'added', limit, ...(after && { after }) });
      return { data: rows.map(changeOf), ...(next && { next }) };
    },

    /** The changes of a feed after a sequence, oldest first; `more` where there are further ones. Changes of one sequence always come together. */
    since: async (userId: string, sequence: number, limit: number): Promise<{ data: Change[]; more: boolean }> => {
      const where: Condition[] = [...ofUser(userId), { field: 'sequence', from: sequence + 1 }];
      const { rows, next } = await items.find({ where, orderBy: 'sequence', ascending: true, limit });
      const last = rows.at(-1);
      if (!next || !last) return { data: rows.map(changeOf), more: false };
      const cut = last.document.sequence;
      const whole = await all([...ofUser(userId), { field: 'sequence', from: cut, to: cut + 1 }], 'sequence');
      return { data: [...rows.filter(({ document }) => document.sequence < cut), ...whole.rows].map(changeOf), more: true };
    },

    /** The changes of all feeds after a sequence, each feed's oldest first. */
    changes: async (sequence: number): Promise<Changes> => {
      const where: Condition[] = [{ field: 'sequence', from: sequence + 1 }];
      const { rows, next } = await items.find({ where, orderBy: 'sequence', ascending: true, limit: largestPage });
      const last = rows.at(-1)?.document;
      const byUser = Map.groupBy(rows, ({ document }) => document.userId);
      // The last event may have changed more items than are here; those of one event are all in one feed.
      const cut = next === undefined ? undefined : last?.userId;
      const data = new Map([...byUser].map(([userId, its]) => [userId, userId === cut ? undefined : its.map(changeOf)] as const));
      return { data, sequence: last?.sequence ?? sequence, more: next !== undefined };
    },

    /** Those of the ids that are none of the user's. */
    missing: async (userId: string, ids: readonly string[]): Promise<readonly string[]> => {
      const found = await items.load(ids);
      return ids.filter((id) => found.get(id)?.document.userId !== userId);
    },

    /** The newest `limit` items without the mark that had come up to a sequence. */
    upTo: async (userId: string, mark: keyof typeof withoutMark, sequence: number, limit: number): Promise<{ ids: readonly string[]; more: boolean }> => {
      const where: Condition[] = [
        { field: withoutMark[mark], is: userId },
        { field: 'added', to: sequence + 1 },
      ];
      const { rows, more } = await all(where, 'added', limit);
      return { ids: rows.map(({ id }) => id), more };
    },
  };
};

export type FeedReader = ReturnType<typeof feedReader>;

/** The list that an item leaves by the mark. */
const withoutMark = { seen: 'unseenOf', read: 'unreadOf', archived: 'inboxOf' } as const;

const ofUser = (userId?: string): Condition[] => (userId === undefined ? [] : [{ field: 'userId', is: userId }]);

const onShelf = (userId: string, { archived = false, unread = false, category }: Shelf): Condition[] => [
  { field: archived ? 'archiveOf' : unread ? 'unreadOf' : 'inboxOf', is: userId },
  ...(category === undefined ? [] : [{ field: 'categoryOf', is: categoryOf(userId, category) }]),
];

/** Every item has it: so that those without are not looked for. */
const present = (field: 'added' | 'sequence'): Condition => ({ field, from: 0 });

const changeOf = ({ id, document }: Stored<FeedItem>): Change => {
  const { notificationId, title, body, url, category, template, at, seen, read, archived, sequence, added } = document;
  return { added, item: { id, notificationId, title, body, url, category, template, at, seen, read, archived, sequence } };
};
