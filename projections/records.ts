import type { Collection, DocumentStore, Indexes } from '../platform/documents/document-store.ts';

export type Records<D extends object> = Pick<Collection<D>, 'get' | 'find' | 'count'> & {
  /** Never lost to a writer in another process; on disk before whatever is committed after it. */
  put: (id: string, document: D) => Promise<void>;
};

/** A few records of the engine's own, kept as documents. Their positions are a counter, not the log's. */
export const openRecords = async <D extends object>(store: DocumentStore, name: string, indexes: Indexes<D>): Promise<Records<D>> => {
  const collection = await store.collection<D>(name, indexes);
  return {
    get: collection.get,
    find: collection.find,
    count: collection.count,
    put: async (id, document) => {
      for (;;) {
        const position = (await collection.checkpoint()) + 1n;
        await collection.commit({ documents: [{ id, position, document }], checkpoint: position });
        // Another process may have taken the number in between: then nothing was written.
        const found = await collection.get(id);
        if (found?.position === position && JSON.stringify(found.document) === JSON.stringify({ ...found.document, ...document })) return;
      }
    },
  };
};
