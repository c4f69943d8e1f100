import { beforeAll, type Position } from '../event-store/event-store.ts';
import { type Pool, transaction } from '../postgres/postgres.ts';
import { storableJson } from './canonical.ts';
import { fieldOf, indexValue } from './index-values.ts';
import { openCommitGroups } from './postgres-commit-groups.ts';
import { type Part, removeSql, writeParts } from './postgres-commit-sql.ts';
import { checkpoints, type Table } from './postgres-table.ts';

type Change<D> = { id: string; position: Position; document: D | undefined };
export type Batch<D> = { documents: readonly Change<D>[]; checkpoint: Position };

// From here on a batch is worth a statement of its own, which others need not wait for.
const large = 100;

/**
 * Writes batches, each with its checkpoint in one transaction; small ones of several collections that come in the same moment, all in one.
 * Where documents are removed the checkpoint is locked first, so that a second writer can't slip in between. What a table has seen already
 * is left as it is, so that two writers of the same projection do no harm.
 */
export const openCommits = (pool: Pool) => {
  const alone = async (part: Part): Promise<Position | undefined> => (await writeParts(pool, [part])).get(part.table.collection);
  const gathered = openCommitGroups((parts) => writeParts(pool, parts));
  const removing = (part: Part, removed: readonly Change<object>[]): Promise<Position | undefined> =>
    transaction(pool, async (client) => {
      const { collection } = part.table;
      await client.query(`select 1 from ${checkpoints} where collection = $1 for update`, [collection]);
      await client.query(removeSql(part.table), [removed.map(({ id }) => id), removed.map(({ position }) => String(position)), collection]);
      return (await writeParts(client, [part])).get(collection);
    });

  return <D extends object>(table: Table) => {
    // What this writer has committed. With asynchronous commits a crash of the server can take back the last of it: then the writer must
    // start again from the stored checkpoint, and is told so, once, by the error.
    let known = beforeAll;
    return async ({ documents, checkpoint }: Batch<D>): Promise<void> => {
      const rows = documents.flatMap((change) => (change.document ? [row(table, change, change.document)] : []));
      const part: Part = { table, checkpoint, known, rows };
      const removed = documents.filter(({ document }) => !document);
      const stored = await (removed.length > 0 ? removing(part, removed) : rows.length >= large ? alone(part) : gathered(part));
      if (stored === undefined) throw new Error(`the collection ${table.collection} is gone: another generation has taken over, or it was dropped`);
      if (stored < part.known) {
        known = stored;
        throw wentBack(table, part.known, stored);
      }
      if (checkpoint > known) known = checkpoint;
    };
  };
};

const wentBack = ({ collection }: Table, known: Position, stored: Position): Error =>
  Object.assign(new Error(`the collection ${collection} has gone back from position ${known} to ${stored}: the database server lost its last commits`), {
    code: 'checkpoint_went_back',
  });

const row = <D extends object>({ columns }: Table, { id, position }: Change<D>, document: D): string => {
  let indexed = '';
  for (const { field, kind } of columns) indexed += `,${JSON.stringify(indexValue(kind, fieldOf(document, field)))}`;
  return `[${JSON.stringify(id)},${position},${storableJson(document)}${indexed}]`;
};
