import { createHash } from 'node:crypto';
import { beforeAll } from '../event-store/event-store.ts';
import { type Pool, type Queryable, transaction } from '../postgres/postgres.ts';
import { openChecksum } from './canonical.ts';
import type { Collection, DocumentStore, Indexes, ListedBy, Stored } from './document-store.ts';
import { indexKinds } from './index-values.ts';
import { findPage } from './paging.ts';
import { openCommits } from './postgres-commit.ts';
import { countBySql, countSql, findSql } from './postgres-find.ts';
import { checkpoints, dropTable, ensureTable, type Table, tableOf } from './postgres-table.ts';

type Row<D> = { id: string; position: string; document: D };

/**
 * Documents on PostgreSQL: a table a collection in the schema `documents`, a column for each index. The pool stays its owner's.
 */
export const openPostgresDocuments = ({ pool }: { pool: Pool }): DocumentStore => documentsIn(pool, openCommits(pool));

const documentsIn = (pool: Pool, commits: ReturnType<typeof openCommits>): DocumentStore => ({
  collection: async <D extends object>(name: string, indexes: Indexes<D>, listedBy?: ListedBy<D>): Promise<Collection<D>> => {
    const kinds = indexKinds(indexes);
    const table = tableOf(name, kinds, listedBy);
    await ensureTable(pool, table);
    const rows = async ({ text, values }: { text: string; values: unknown[] }): Promise<readonly Stored<D>[]> =>
      (await pool.query<Row<D>>({ name: nameOf(text), text, values })).rows.map(stored);
    const load = async (ids: readonly string[]) =>
      new Map((await rows({ text: `select id, position, document from ${table.name} where id = any($1::text[])`, values: [ids] })).map((row) => [row.id, row]));
    return {
      load,
      get: async (id) => (await rows({ text: `select id, position, document from ${table.name} where id = $1`, values: [id] }))[0],
      find: (query) => findPage(query, kinds, (segment, limit) => rows(findSql(table, query, segment, limit))),
      count: async (where) => (await pool.query<{ documents: number }>(countSql(table, where))).rows[0]?.documents ?? 0,
      countBy: async (field, values) =>
        new Map(
          (await pool.query<{ value: string; documents: number }>(countBySql(table, field, values))).rows.map(({ value, documents }) => [value, documents]),
        ),
      commit: commits<D>(table),
      checkpoint: () => checkpointOf(pool, table),
      checksum: () => checksum<D>(pool, table),
    };
  },
  drop: (name) => dropTable(pool, tableOf(name, new Map())),
  ping: async () => {
    await pool.query('select 1');
  },
  close: async () => undefined,
});

const stored = <D>({ id, position, document }: Row<D>): Stored<D> => ({ id, position: BigInt(position), document });

// Statements are few (one a shape of query): prepared once a connection, they are parsed and planned once.
const nameOf = (text: string): string => createHash('sha1').update(text).digest('base64url');

const checkpointOf = async (connection: Queryable, { collection }: Table): Promise<bigint> => {
  const { rows } = await connection.query<{ position: string }>(`select position from ${checkpoints} where collection = $1`, [collection]);
  return BigInt(rows[0]?.position ?? beforeAll);
};

/** In one snapshot: the checksum is that of the documents at `position`, whatever is being written meanwhile. */
const checksum = <D extends object>(pool: Pool, table: Table) =>
  transaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    const position = await checkpointOf(client, table);
    await client.query(`declare every no scroll cursor for select id, document from ${table.name}`);
    const sum = openChecksum();
    const page = () => client.query<Row<D>>('fetch 1000 from every');
    for (let { rows } = await page(); rows.length > 0; { rows } = await page()) {
      for (const { id, document } of rows) sum.add(id, document);
    }
    return { ...sum.result(), position };
  });
