import type { Db, Collection as MongoCollection } from 'mongodb';
import { pause } from '../event-store/backoff.ts';
import { beforeAll, type Position } from '../event-store/event-store.ts';
import { openChecksum } from './canonical.ts';
import { type Collection, type DocumentStore, type Indexes, type ListedBy, type Stored, tooBusy } from './document-store.ts';
import { checkListedBy, fieldOf, type IndexKind, indexKinds, indexValue, sortedWith } from './index-values.ts';
import { type Checkpoint, moveCheckpoint, readCheckpoint } from './mongo-checkpoint.ts';
import { type Kept, mongoValue, pageFilter, pageSort, whereFilter } from './mongo-find.ts';
import { fromMongo, toMongo } from './mongo-value.ts';
import { findPage } from './paging.ts';

type Change<D> = { id: string; position: Position; document: D | undefined };
type Kinds = ReadonlyMap<string, IndexKind>;

/**
 * Documents on MongoDB, or on a server of its protocol: documents first, then the checkpoint; no transactions, so a single server will do.
 * The database is the one that the URL names (`commerce`, if none). Throws where it can't be reached.
 */
export const openMongoDocuments = async ({ url }: { url: string }): Promise<DocumentStore> => {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(url, {
    useBigInt64: true,
    ignoreUndefined: true,
    ...(!/serverSelectionTimeoutMS/i.test(url) && { serverSelectionTimeoutMS: 10_000 }),
  });
  await client.connect().catch((cause: unknown) => {
    throw new Error(`MongoDB can't be reached at ${client.options.hosts.join(', ')}. Check that it runs and that MONGODB_URL is right.`, { cause });
  });
  const named = client.options.dbName;
  const database = client.db(named === 'test' && !/\/test(\?|$)/.test(url) ? 'commerce' : named);
  return {
    collection: (name, indexes, listedBy) => openCollection(database, name, indexes, listedBy),
    drop: async (name) => {
      await checkpointsOf(database).deleteOne({ _id: name });
      await database.dropCollection(name);
    },
    ping: async () => {
      await database.command({ ping: 1 });
    },
    close: () => client.close(),
  };
};

const checkpointsOf = (database: Db): MongoCollection<Checkpoint> => database.collection<Checkpoint>('read_model_checkpoints');

const openCollection = async <D extends object>(database: Db, name: string, indexes: Indexes<D>, listedBy?: ListedBy<D>): Promise<Collection<D>> => {
  const kinds = indexKinds(indexes);
  checkListedBy(name, kinds, listedBy);
  const documents = database.collection<Kept>(name);
  const checkpoints = checkpointsOf(database);
  await again(() => ensure(checkpoints, documents, kinds, (field) => sortedWith(listedBy, field)));
  const get = async (filter: { _id: string }) => (await documents.find(filter).toArray()).map(stored<D>)[0];
  return {
    get: (id) => get({ _id: id }),
    load: async (ids) => new Map((await documents.find({ _id: { $in: [...ids] } }).toArray()).map((kept) => [kept._id, stored<D>(kept)])),
    find: (query) =>
      findPage(query, kinds, async (segment, limit) =>
        (
          await documents
            .find(pageFilter(kinds, query, segment))
            .sort(pageSort(kinds, query))
            .limit(limit)
            .toArray()
        ).map(stored<D>),
      ),
    count: async (where) => documents.countDocuments(whereFilter(kinds, where)),
    countBy: async (field, values) => {
      const counted = documents.aggregate<{ _id: string; documents: number }>([
        { $match: whereFilter(kinds, [{ field, in: values }]) },
        { $group: { _id: `$ix.${field}`, documents: { $sum: 1 } } },
      ]);
      return new Map((await counted.toArray()).map(({ _id, documents: count }) => [_id, Number(count)]));
    },
    commit: ({ documents: changes, checkpoint }) => commit(checkpoints, documents, kinds, changes, checkpoint),
    checkpoint: async () => (await readCheckpoint(checkpoints, documents)) ?? beforeAll,
    checksum: () => checksum(checkpoints, documents),
  };
};

const ensure = async (
  checkpoints: MongoCollection<Checkpoint>,
  documents: MongoCollection<Kept>,
  kinds: Kinds,
  sortedBy: (field: string) => string | undefined,
): Promise<void> => {
  const name = documents.collectionName;
  const fields = [...kinds.keys()];
  const known = await checkpoints.findOne({ _id: name });
  if (known && fields.every((field) => known.fields.includes(field))) return;
  await documents.createIndexes([
    { key: { position: 1 }, name: 'position' },
    ...fields.map((field) => {
      const other = sortedBy(field);
      return { key: { [`ix.${field}`]: 1, ...(other !== undefined && { [`ix.${other}`]: 1 }), _id: 1 } as const, name: `ix_${field}` };
    }),
  ]);
  if (known) {
    await fillIndexes(documents, kinds);
    await checkpoints.updateOne({ _id: name }, { $set: { fields: [...new Set([...known.fields, ...fields])] } });
  } else {
    // Another process may be quicker: then it is there.
    await checkpoints.insertOne({ _id: name, position: beforeAll, fields, removing: [] }).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
    });
  }
};

// FerretDB closes the connections of those who create the same indexes at the same moment.
const again = async (work: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 8 || !(error instanceof Error) || error.name !== 'MongoNetworkError') throw error;
      await pause(Math.random() * 50 * attempt);
    }
  }
};

// A document that is written meanwhile has them anyway.
const fillIndexes = async (documents: MongoCollection<Kept>, kinds: Kinds): Promise<void> => {
  for await (const { _id, position, document } of documents.find({})) {
    await documents.updateOne({ _id, position }, { $set: { ix: indexed(kinds, document) } });
  }
};

const commit = async <D extends object>(
  checkpoints: MongoCollection<Checkpoint>,
  documents: MongoCollection<Kept>,
  kinds: Kinds,
  changes: readonly Change<D>[],
  checkpoint: Position,
): Promise<void> => {
  for (;;) {
    const before = await readCheckpoint(checkpoints, documents);
    if (before === undefined) throw new Error(`the collection ${documents.collectionName} is gone: another generation has taken over, or it was dropped`);
    const newer = changes.filter(({ position }) => position > before);
    if (!(await write(documents, kinds, newer))) continue;
    const removing = newer.flatMap(({ id, position, document }) => (document ? [] : [{ id, position }]));
    if (await moveCheckpoint(checkpoints, documents, checkpoint, removing)) return;
  }
};

/** False where another writer has got in between: look again, and write what is still to be written. */
const write = async <D extends object>(documents: MongoCollection<Kept>, kinds: Kinds, changes: readonly Change<D>[]): Promise<boolean> => {
  const writes = (some: readonly Change<D>[]) =>
    some.flatMap(({ id, position, document }) => {
      if (!document) return [];
      const replacement = { position, document: toDocument(document), ix: indexed(kinds, document) };
      return [{ replaceOne: { filter: { _id: id, position: { $lt: position } }, replacement, upsert: true } }];
    });
  const first = writes(changes);
  if (first.length === 0) return true;
  try {
    await documents.bulkWrite(first, { ordered: false });
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  // A document is there already, as new as this or newer: what was written before a crash, or by another writer. Servers differ in what
  // they do with the rest of such a bulk, so it is sent again without those.
  const present = await documents.find({ _id: { $in: changes.map(({ id }) => id) } }, { projection: { position: 1 } }).toArray();
  const positions = new Map(present.map(({ _id, position }) => [_id, position]));
  const rest = writes(changes.filter(({ id, position }) => (positions.get(id) ?? beforeAll) < position));
  try {
    if (rest.length > 0) await documents.bulkWrite(rest, { ordered: false });
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
};

/**
 * There is no snapshot to read in: it is one all the same if no document is beyond the checkpoint, and the checkpoint is the same afterwards.
 */
const checksum = async (checkpoints: MongoCollection<Checkpoint>, documents: MongoCollection<Kept>) => {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    const position = (await readCheckpoint(checkpoints, documents)) ?? beforeAll;
    const sum = openChecksum();
    let newest = beforeAll;
    for await (const kept of documents.find({}).sort({ _id: 1 })) {
      if (kept.position > newest) newest = kept.position;
      if (newest > position) break;
      sum.add(kept._id, stored(kept).document);
    }
    const after = (await readCheckpoint(checkpoints, documents)) ?? beforeAll;
    if (newest <= position && after === position) return { ...sum.result(), position };
    await pause(10 * attempt);
  }
  throw tooBusy(documents.collectionName);
};

const indexed = (kinds: Kinds, document: object): Record<string, unknown> =>
  Object.fromEntries([...kinds].map(([field, kind]) => [field, mongoValue(kind, indexValue(kind, fieldOf(document, field)))]));

const toDocument = (document: object): Record<string, unknown> => ({ ...Object(toMongo(document)) });

const isDocument = <D>(value: unknown): value is D => typeof value === 'object' && value !== null;

const stored = <D extends object>({ _id, position, document }: Kept): Stored<D> => {
  const opened = fromMongo(document);
  if (!isDocument<D>(opened)) throw new Error(`the document ${_id} is no document`);
  return { id: _id, position, document: opened };
};

const isDuplicate = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 11_000;
