import type { RecordKind } from '../../domain/person.ts';
import type { Condition, Stored } from '../../platform/documents/document-store.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
import { problem } from '../../platform/http/problem.ts';
import type { FeedItem } from '../../projections/notification/feed-items.ts';
import type { NotificationListItem } from '../../projections/notification/notification-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type RecordsOf = {
  list: Pick<ReadModel<NotificationListItem>, 'find' | 'reached'>;
  items: Pick<ReadModel<FeedItem>, 'find' | 'reached'>;
};

export type PersonRecords = { kind: RecordKind; ids: readonly string[] };

const pageSize = 500;
const waitMs = 5_000;

/** Page by page what the read models hold of a user, everything until that position included. @throws 503 `read_model_behind` where they don't get there in 5 s */
export const recordsOf = ({ list, items }: RecordsOf) =>
  async function* (userId: string, since: Position): AsyncGenerator<PersonRecords> {
    if (!(await list.reached(since, waitMs)) || !(await items.reached(since, waitMs)))
      throw problem(503, 'read_model_behind', {
        detail: 'The keys are deleted, but the read models are behind. Ask again to finish it.',
        headers: { 'retry-after': '1' },
      });
    const where: Condition[] = [{ field: 'userId', is: userId }];
    for await (const ids of pages((page) => list.find({ where, orderBy: 'createdAt', ...page }))) yield { kind: 'notification', ids };
    for await (const ids of pages((page) => items.find({ where, orderBy: 'sequence', ...page }))) yield { kind: 'feed_item', ids };
  };

type Find = (page: { limit: number; after?: string }) => Promise<{ rows: readonly Stored<object>[]; next?: string }>;

async function* pages(find: Find): AsyncGenerator<readonly string[]> {
  for (let after: string | undefined; ; ) {
    const { rows, next } = await find({ limit: pageSize, ...(after && { after }) });
    if (rows.length > 0) yield rows.map(({ id }) => id);
    if (!next) return;
    after = next;
  }
}
