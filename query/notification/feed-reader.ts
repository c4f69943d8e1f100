import type { Mark } from '../../domain/notification/feed.ts';
import type { Condition, Stored } from '../../platform/documents/document-store.ts';
import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type FeedItemView = Omit<FeedItem, 'userId' | 'added'> & { id: string };
export type Counts = { unseen: number; unread: number };

/** Items with their own `added`: the position at which each came. */
export type Change = { added: number; item: FeedItemView };

const largestPage = 500;

/** What is read of the feeds. A sequence is a log position; whatever is after it, is read in its order. */
export const feedReader = (items: ReadModel<FeedItem>) => {
  const find = async (where: readonly Condition[], order: { orderBy: 'added' | 'sequence'; ascending?: boolean; limit: number; after?: string }) =>
    items.find({ where, ...order });

  const all = async (where: readonly Condition[]): Promise<Stored<FeedItem>[]> => {
    const rows: Stored<FeedItem>[] = [];
    for (let after: string | undefined; ; ) {
      const page = await find(where, { orderBy: 'added', limit: largestPage, ...(after && { after }) });
      rows.push(...page.rows);
      if (!page.next) return rows;
      after = page.next;
    }
  };

  return {
    reached: items.reached,

    /** The sequence of the newest change, of one user's feed or of all; 0 where there is none. */
    head: async (userId?: string): Promise<number> => {
      const { rows } = await find(ofUser(userId), { orderBy: 'sequence', limit: 1 });
      return rows[0]?.document.sequence ?? 0;
    },

    /** Newest first, without what is archived. */
    page: async (userId: string, page: { limit: number; after?: string }): Promise<{ data: Change[]; next?: string }> => {
      const { rows, next } = await find([...ofUser(userId), { field: 'archived', is: false }], { orderBy: 'added', ...page });
      return { data: rows.map(changeOf), ...(next && { next }) };
    },

    /** The changes after a sequence, oldest first; `more` where there are further ones. Changes of one sequence always come together. */
    since: async (userId: string, sequence: number, limit: number): Promise<{ data: Change[]; more: boolean }> => {
      const { rows, next } = await find([...ofUser(userId), { field: 'sequence', from: sequence + 1 }], { orderBy: 'sequence', ascending: true, limit });
      const last = rows.at(-1);
      if (!next || !last) return { data: rows.map(changeOf), more: false };
      const cut = last.document.sequence;
      const whole = await all([...ofUser(userId), { field: 'sequence', from: cut, to: cut + 1 }]);
      return { data: [...rows.filter(({ document }) => document.sequence < cut), ...whole].map(changeOf), more: true };
    },

    counts: async (userId: string): Promise<Counts> => {
      const kept: Condition[] = [...ofUser(userId), { field: 'archived', is: false }];
      const [unseen, unread] = await Promise.all([items.count([...kept, { field: 'seen', is: false }]), items.count([...kept, { field: 'read', is: false }])]);
      return { unseen, unread };
    },

    /** Whose feeds have changed after a sequence, and how far that goes. */
    changedUsers: async (sequence: number): Promise<{ users: ReadonlySet<string>; sequence: number; more: boolean }> => {
      const { rows, next } = await find([{ field: 'sequence', from: sequence + 1 }], { orderBy: 'sequence', ascending: true, limit: largestPage });
      const last = rows.at(-1)?.document.sequence ?? sequence;
      // The changes of the last sequence may go on: it is read again.
      return { users: new Set(rows.map(({ document }) => document.userId)), sequence: next && last > sequence + 1 ? last - 1 : last, more: next !== undefined };
    },

    missing: async (userId: string, ids: readonly string[]): Promise<readonly string[]> => {
      const found = await Promise.all(ids.map((id) => items.get(id)));
      return ids.filter((_, index) => found[index]?.document.userId !== userId);
    },

    upTo: async (userId: string, mark: Mark, sequence: number): Promise<readonly string[]> => {
      const rows = await all([...ofUser(userId), { field: mark, is: false }, { field: 'added', from: 0, to: sequence + 1 }]);
      return rows.map(({ id }) => id);
    },
  };
};

export type FeedReader = ReturnType<typeof feedReader>;

const ofUser = (userId?: string): Condition[] => (userId === undefined ? [] : [{ field: 'userId', is: userId }]);

const changeOf = ({ id, document }: Stored<FeedItem>): Change => {
  const { userId: _, added, ...item } = document;
  return { added, item: { id, ...item } };
};
