import type { Collection as MongoCollection } from 'mongodb';
import type { Position } from '../event-store/event-store.ts';
import type { Kept } from './mongo-find.ts';

/**
 * What is known of a collection beside its documents. `removing`: documents whose removal belongs to `position` and may not have been done
 * yet; without transactions they are noted first, and removed then.
 */
export type Checkpoint = { _id: string; position: bigint; fields: string[]; removing: { id: string; position: bigint }[] };

/** The checkpoint as it is stored, what is noted for removal being removed. Undefined where the collection is gone. */
export const readCheckpoint = async (checkpoints: MongoCollection<Checkpoint>, documents: MongoCollection<Kept>): Promise<Position | undefined> => {
  const checkpoint = await checkpoints.findOne({ _id: documents.collectionName });
  if (!checkpoint) return undefined;
  if (checkpoint.removing.length > 0) {
    await remove(documents, checkpoint.removing);
    await checkpoints.updateOne({ _id: checkpoint._id, position: checkpoint.position }, { $set: { removing: [] } });
  }
  return checkpoint.position;
};

/** False where the collection is gone. */
export const moveCheckpoint = async (
  checkpoints: MongoCollection<Checkpoint>,
  documents: MongoCollection<Kept>,
  position: Position,
  removing: Checkpoint['removing'],
): Promise<boolean> => {
  const { matchedCount } = await checkpoints.updateOne(
    { _id: documents.collectionName },
    { $max: { position }, ...(removing.length > 0 && { $set: { removing } }) },
  );
  if (removing.length === 0 || matchedCount === 0) return matchedCount > 0;
  await readCheckpoint(checkpoints, documents);
  return true;
};

const remove = async (documents: MongoCollection<Kept>, removing: Checkpoint['removing']): Promise<void> => {
  await documents.bulkWrite(
    removing.map(({ id, position }) => ({ deleteOne: { filter: { _id: id, position: { $lt: position } } } })),
    { ordered: false },
  );
};
