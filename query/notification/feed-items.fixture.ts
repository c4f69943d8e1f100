import type { DomainEvent } from '../../domain/event.ts';
import type { FeedEvent } from '../../domain/notification/feed.ts';
import type { Condition, Find, Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type FeedItem, feedItems } from '../../projections/notification/feed-items.ts';
import type { feedReader } from './feed-reader.ts';

type Items = Parameters<typeof feedReader>[0];
type Listener = (changed: readonly Stored<FeedItem>[], removed: readonly Stored<FeedItem>[]) => void;

/** The read model of the feeds, kept in memory: the real projection, told of events as they come. */
export const feedItemsInMemory = () => {
  const documents = new Map<string, Stored<FeedItem>>();
  const listeners = new Set<Listener>();
  let position = 0n;

  const recorded = <E extends DomainEvent>(event: E, streamId: string): Recorded<E> => ({
    ...event,
    ...{ id: `e${position}`, stream: `x-${streamId}`, streamId, revision: 0, position, at: '', metadata },
  });
  const put = (id: string, document: FeedItem | undefined): void => {
    if (document && document !== documents.get(id)?.document) documents.set(id, { id, position, document });
  };
  // What has happened nobody is told of before `tellAll`.
  const add = (userId: string, id: string, body = ''): void => {
    position += 1n;
    const content = { title: id, body, url: null };
    const data = { deliveryId: id, userId, category: 'c', template: null, at: '', attempt: 1, provider: 'feed', content };
    put(id, feedItems.evolve(documents.get(id)?.document, recorded({ type: 'InAppDelivered' as const, data }, `n-${id}`), id));
  };
  const mark = (userId: string, type: FeedEvent['type'], ids: readonly string[]): void => {
    position += 1n;
    for (const id of ids) put(id, feedItems.evolve(documents.get(id)?.document, recorded({ type, data: { ids } }, userId), id));
  };
  let removed: Stored<FeedItem>[] = [];
  /** All of a person. */
  const erase = (userId: string): void => {
    position += 1n;
    const gone = [...documents.values()].filter(({ document }) => document.userId === userId);
    for (const { id } of gone) documents.delete(id);
    removed.push(...gone);
  };
  const tellAll = (): void => {
    const gone = removed;
    removed = [];
    for (const listener of listeners) listener([...documents.values()], gone);
  };

  const items: Items & { onChanged: (listener: Listener) => () => void } = {
    load: async (ids) => new Map(ids.flatMap((id) => documents.get(id) ?? []).map((stored) => [stored.id, stored])),
    find: async (query) => found([...documents.values()], query),
    countBy: async (field, values) => {
      const groups = Map.groupBy(documents.values(), ({ document }) => String(Reflect.get(document, field)));
      return new Map(values.flatMap((value) => (groups.has(value) ? [[value, groups.get(value)?.length ?? 0] as const] : [])));
    },
    reached: async () => true,
    onChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { items, add, mark, erase, tellAll, listeners, documents };
};

const metadata = { commandId: 'c', actor: 'a', at: '', $correlationId: 'c', $causationId: 'c', previousHash: '', hash: 'h' };

/** Pages by the id of the last document shown, as the order is that of `orderBy`, then id. */
const found = (documents: readonly Stored<FeedItem>[], { where, orderBy, ascending, limit, after }: Find) => {
  const key = ({ document }: Stored<FeedItem>) => Number(Reflect.get(document, orderBy));
  const sorted = documents
    .filter((one) => where.every((condition) => holds(condition, one.document)))
    .toSorted((a, b) => key(a) - key(b) || (a.id < b.id ? -1 : 1));
  const ordered = ascending ? sorted : sorted.toReversed();
  const from = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const rows = ordered.slice(from, from + limit);
  const last = rows.at(-1);
  return ordered.length > from + limit && last ? { rows, next: last.id } : { rows };
};

const holds = (condition: Condition, document: FeedItem): boolean => {
  const value: unknown = Reflect.get(document, condition.field);
  if ('is' in condition) return value === condition.is;
  if ('in' in condition) return condition.in.some((one) => one === value);
  return typeof value === 'number' && value >= Number(condition.from ?? 0) && value < Number(condition.to ?? Number.POSITIVE_INFINITY);
};
