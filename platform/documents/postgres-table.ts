import { type Pool, type PoolClient, type Queryable, transaction } from '../postgres/postgres.ts';
import type { ListedBy } from './document-store.ts';
import { checkListedBy, type IndexKind, sortedWith } from './index-values.ts';

/** One collection's table: where its documents and index columns are. */
export type Table = { collection: string; name: string; columns: readonly Column[] };
/** `sortedBy`: the column that lists filtered by this one are sorted by. */
type Column = { field: string; kind: IndexKind; column: string; type: string; sortedBy?: string };

const schema = 'documents';
export const checkpoints = `${schema}.checkpoints`;

// "C": the order of bytes, which is also MongoDB's.
const typeOf: Record<IndexKind, string> = { text: 'text collate "C"', number: 'double precision', time: 'timestamptz', boolean: 'boolean' };
const castOf: Record<IndexKind, string> = { text: 'text', number: 'double precision', time: 'timestamptz', boolean: 'boolean' };

export const tableOf = <D>(collection: string, kinds: ReadonlyMap<string, IndexKind>, listedBy?: ListedBy<D>): Table => {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(collection))
    throw new Error(`${JSON.stringify(collection)} can't name a collection: lower-case letters, digits and _, at most 48`);
  checkListedBy(collection, kinds, listedBy);
  const columns = [...kinds].map(([field, kind]): Column => {
    const sortedBy = sortedWith(listedBy, field);
    return { field, kind, column: columnOf(field), type: castOf[kind], ...(sortedBy !== undefined && { sortedBy: columnOf(sortedBy) }) };
  });
  return { collection, name: `${schema}."${collection}"`, columns };
};

const columnOf = (field: string): string => `"ix_${field}"`;

/** Creates what isn't there; an index that is new to a table is filled from its documents. Safe to run in several processes at once. */
export const ensureTable = async (pool: Pool, table: Table): Promise<void> => {
  if (await isComplete(pool, table)) return;
  await transaction(pool, async (client) => {
    // `create … if not exists` alone fails when two processes do it at the same moment.
    await client.query(`select pg_advisory_xact_lock(hashtext('documents.ddl'))`);
    await client.query(ddl(table));
    const missing = await missingColumns(client, table);
    for (const column of missing) await addColumn(client, table, column);
    for (const column of missing) await client.query(indexSql(table, column));
    await client.query(`insert into ${checkpoints} (collection, position) values ($1, -1) on conflict do nothing`, [table.collection]);
  });
};

export const dropTable = async (pool: Pool, table: Table): Promise<void> => {
  await pool.query(`drop table if exists ${table.name}`);
  const known = await pool.query(`select to_regclass('${checkpoints}') is not null as known`);
  if (known.rows[0]?.known === true) await pool.query(`delete from ${checkpoints} where collection = $1`, [table.collection]);
};

const ddl = ({ name }: Table): string => `
  create schema if not exists ${schema};
  create table if not exists ${checkpoints} (collection text primary key, position bigint not null);
  create table if not exists ${name} (id text collate "C" primary key, position bigint not null, document jsonb not null)`;

const isComplete = async (client: Queryable, table: Table): Promise<boolean> => {
  const { rows } = await client.query(`select to_regclass($1) is not null and to_regclass('${checkpoints}') is not null as there`, [table.name]);
  if (rows[0]?.there !== true) return false;
  const known = await client.query(`select 1 from ${checkpoints} where collection = $1`, [table.collection]);
  return known.rowCount === 1 && (await missingColumns(client, table)).length === 0;
};

const missingColumns = async (client: Queryable, table: Table): Promise<readonly Column[]> => {
  const { rows } = await client.query<{ name: string }>('select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0', [table.name]);
  const present = new Set(rows.map(({ name }) => `"${name}"`));
  return table.columns.filter(({ column }) => !present.has(column));
};

const addColumn = async (client: PoolClient, { name }: Table, { field, kind, column, type }: Column): Promise<void> => {
  const jsonType = kind === 'time' || kind === 'text' ? 'string' : kind;
  await client.query(`alter table ${name} add column ${column} ${typeOf[kind]}`);
  await client.query(`update ${name} set ${column} = (document->>'${field}')::${type} where jsonb_typeof(document->'${field}') = '${jsonType}'`);
};

// Who asks for a boolean asks for the few that are true: the others cost nothing. Nor do fields that a document lacks, but where lists may be
// sorted by them. With what lists are sorted by before the random id, new documents lie together in every index, and a page is read in its order.
const indexSql = ({ name }: Table, { column, kind, sortedBy }: Column): string => {
  if (kind === 'boolean') return `create index on ${name} (${sortedBy ?? column}, id) where ${column}`;
  if (sortedBy === undefined || sortedBy === column) return `create index on ${name} (${column}, id)`;
  return `create index on ${name} (${column}, ${sortedBy}, id) where ${column} is not null`;
};
