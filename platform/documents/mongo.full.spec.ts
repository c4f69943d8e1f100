import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { documentStoreContract } from './contract.ts';
import { openMongoDocuments } from './mongo.ts';

const url = process.env.MONGODB_URL ?? '';

const open = async () => {
  const { MongoClient } = await import('mongodb');
  const own = new URL(url);
  own.pathname = `/test-${randomUUID()}`;
  const store = await openMongoDocuments({ url: own.href });
  const close = async () => {
    const client = new MongoClient(own.href);
    await client.db().dropDatabase();
    await client.close();
    await store.close();
  };
  return { store, close, url: own.href };
};

describe.skipIf(url === '')('documents on MongoDB (MONGODB_URL)', () => {
  documentStoreContract(open);

  it('keeps keys that MongoDB gives a meaning to', async () => {
    const { store, close } = await open();
    const collection = await store.collection<{ by: Record<string, number> }>('odd_keys_v1', {});
    const document = { by: { 'a.b': 1, $set: 2, '100%': 3, '%2E': 4, plain: 5 } };
    await collection.commit({ documents: [{ id: 'x', position: 1n, document }], checkpoint: 1n });
    expect((await collection.get('x'))?.document).toEqual(document);
    await close();
  });

  it('writes the rest of a batch of which some documents were written before a crash', async () => {
    const { store, close } = await open();
    const collection = await store.collection<{ n: number }>('halves_v1', {});
    const batch = [1, 2, 3, 4].map((n) => ({ id: `d${n}`, position: BigInt(n), document: { n } }));
    await collection.commit({ documents: batch.slice(0, 2), checkpoint: 0n });
    await collection.commit({ documents: batch, checkpoint: 4n });
    expect(await collection.count([])).toBe(4);
    await close();
  });

  it('does the removals that a crash has left undone', async () => {
    const { MongoClient } = await import('mongodb');
    const { store, close, url: own } = await open();
    const collection = await store.collection<{ n: number }>('undone_v1', {});
    await collection.commit({ documents: [1, 2].map((n) => ({ id: `d${n}`, position: BigInt(n), document: { n } })), checkpoint: 2n });
    const client = new MongoClient(own, { useBigInt64: true });
    await client
      .db()
      .collection<{ _id: string }>('read_model_checkpoints')
      .updateOne({ _id: 'undone_v1' }, { $set: { position: 5n, removing: [{ id: 'd1', position: 4n }] } });
    expect(await collection.checkpoint()).toBe(5n);
    expect([await collection.get('d1'), await collection.count([])]).toEqual([undefined, 1]);
    await client.close();
    await close();
  });
});

it('says who cannot be reached', async () => {
  await expect(openMongoDocuments({ url: 'mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200' })).rejects.toThrow("MongoDB can't be reached at 127.0.0.1:1");
});
