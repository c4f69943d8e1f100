import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DocumentStore } from '../../platform/documents/document-store.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openPostgres, type Pool } from '../../platform/postgres/postgres.ts';
import { type FeedItem, feedItems } from '../../projections/notification/feed-items.ts';
import { freshDatabase } from '../../test/support/postgres.ts';
import { type FeedReader, feedReader } from './feed-reader.ts';

/** Of 20 users each; the first has a hundred times as many. */
const itemsEach = 200;
const long = 20_000;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let reader: FeedReader;

/** One in ten is read, and one in ten of those in the inbox. The others are archived. */
const item = (userId: string, added: number): FeedItem => {
  const [archived, read] = [added % 10 !== 0, added % 100 === 0];
  const words = { notificationId: 'n', title: 't', body: 'b', url: null, category: 'c', template: null, at: '' };
  const shelves = archived ? { archiveOf: userId } : { inboxOf: userId, ...(!read && { unreadOf: userId, unseenOf: userId }) };
  return { userId, ...words, seen: read, read, archived, added, sequence: added, categoryOf: `${userId} c`, ...shelves };
};

const fill = async (store: DocumentStore) => {
  const collection = await store.collection<FeedItem>('feed', feedItems.indexes, feedItems.listedBy);
  let added = 0;
  for (let n = 0; n < long; n += 1_000) {
    const users = [...Array.from({ length: 800 }, () => 'long'), ...Array.from({ length: itemsEach }, (_, index) => `u${index % 20}`)];
    const documents = users.map((userId) => {
      added += 1;
      return { id: `i${added}`, position: BigInt(added), document: item(userId, added) };
    });
    await collection.commit({ documents, checkpoint: BigInt(added) });
  }
  return collection;
};

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 4 });
  const collection = await fill(openPostgresDocuments({ pool }));
  await pool.query('vacuum analyze documents.feed');
  reader = feedReader({ ...collection, reached: async () => true });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

type Plan = { 'Node Type': string; 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; Plans?: Plan[] };
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

type Query = { text: string; values: unknown[] };
const isQuery = (query: unknown): query is Query => typeof query === 'object' && query !== null && 'text' in query;

/** What PostgreSQL did for the queries of `ask`: which kinds of nodes, and how many rows it looked at. */
const looked = async (ask: () => Promise<unknown>) => {
  const queries = vi.spyOn(pool, 'query');
  await ask();
  const asked = queries.mock.calls.map(([query]): unknown => query);
  queries.mockRestore();
  const plans: Plan[] = [];
  for (const { text, values } of asked.filter(isQuery)) {
    const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (analyze, format json) ${text}`, values);
    plans.push(...(rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => nodesOf(Plan)));
  }
  expect(plans.length).toBeGreaterThan(0);
  return {
    kinds: new Set(plans.map((plan) => plan['Node Type'])),
    rows: Math.max(...plans.map((plan) => plan['Actual Rows'] * plan['Actual Loops'] + (plan['Rows Removed by Filter'] ?? 0))),
  };
};

describe('a feed of 16,000 items', () => {
  it.each([
    ['its first page', () => reader.page('long', { limit: 20 }), 21],
    ['what is archived', () => reader.page('long', { limit: 20, archived: true }), 21],
    ['what is unread', () => reader.page('long', { limit: 20, unread: true }), 21],
    ['its head', () => reader.head('long'), 2],
    ['what came lately', () => reader.since('long', 19_900, 100), 101],
    ['what came since long ago', () => reader.since('long', 10, 100), 101],
    ['what came in all feeds', () => reader.changes(19_900), 101],
    ['what of it can be marked', () => reader.upTo('long', 'read', 20_000, 50), 51],
  ])('is not read for %s', async (_, ask, most) => {
    const { kinds, rows } = await looked(ask);
    expect([...kinds].filter((kind) => /seq scan|sort/i.test(kind))).toEqual([]);
    expect(rows).toBeLessThanOrEqual(most);
  });

  it('is counted by what is counted alone', async () => {
    const { kinds, rows } = await looked(() => reader.countsOf(['long', 'u1', 'u2']));
    expect([...kinds].filter((kind) => /seq scan/i.test(kind))).toEqual([]);
    const unread = (await reader.counts('long')).unread;
    expect(rows).toBeLessThan(unread + 200);
  });
});
