import { describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/support/postgres.ts';
import { openPostgres } from '../postgres/postgres.ts';
import { documentStoreContract } from './contract.ts';
import { openPostgresDocuments } from './postgres.ts';

const open = async () => {
  const database = await freshDatabase();
  const pool = openPostgres(database.url, { max: 6 });
  const close = async () => {
    await pool.end();
    await database.drop();
  };
  return { store: openPostgresDocuments({ pool }), pool, close };
};

describe('documents on PostgreSQL', () => {
  documentStoreContract(open);

  it('tells a writer whose last commits the server has lost, once, and then lets it go on', async () => {
    const { store, pool, close } = await open();
    const collection = await store.collection<{ n: number }>('counters_v1', {});
    await collection.commit({ documents: [{ id: 'a', position: 5n, document: { n: 1 } }], checkpoint: 5n });
    await pool.query('update documents.checkpoints set position = 3');
    const next = { documents: [{ id: 'a', position: 6n, document: { n: 2 } }], checkpoint: 6n };
    await expect(collection.commit(next)).rejects.toMatchObject({ code: 'checkpoint_went_back' });
    expect((await collection.get('a'))?.document).toEqual({ n: 1 });
    await collection.commit(next);
    expect(await collection.checkpoint()).toBe(6n);
    await close();
  });

  it('writes what several collections have to write in the same moment in one transaction, each in its own right', async () => {
    const { store, pool, close } = await open();
    const names = ['one_v1', 'two_v1', 'three_v1', 'gone_v1', 'back_v1'];
    const collections = await Promise.all(names.map((name) => store.collection<{ n: number }>(name, { n: 'number' })));
    const batch = (n: number) => ({ documents: [{ id: 'x', position: BigInt(n), document: { n } }], checkpoint: BigInt(n) });
    await Promise.all(collections.map((collection) => collection.commit(batch(5))));
    const writers = await pool.query(`select xmin from documents.one_v1 union select xmin from documents.two_v1 union select xmin from documents.checkpoints`);
    expect(writers.rows).toHaveLength(1);

    await pool.query(`drop table documents.gone_v1`);
    await pool.query(`update documents.checkpoints set position = 3 where collection = 'back_v1'`);
    const results = await Promise.allSettled(collections.map((collection) => collection.commit(batch(9))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(results[4]).toMatchObject({ reason: { code: 'checkpoint_went_back' } });
    for (const collection of collections.slice(0, 3)) {
      expect(await collection.get('x')).toEqual({ id: 'x', position: 9n, document: { n: 9 } });
      expect(await collection.checkpoint()).toBe(9n);
    }
    expect((await collections[4]?.get('x'))?.document).toEqual({ n: 5 });
    await close();
  });

  it('lets two writers of the same events do no harm, removals too', async () => {
    const { store, close } = await open();
    const [one, two] = [await store.collection<{ n: number }>('twice_v1', {}), await store.collection<{ n: number }>('twice_v1', {})];
    const documents = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, k) => ({
        id: `d${(from + k) % 7}`,
        position: BigInt(from + k),
        document: (from + k) % 5 === 0 ? undefined : { n: from + k },
      }));
    const write = async (collection: typeof one, step: number) => {
      for (let from = 0; from < 200; from += step) {
        const last = new Map(documents(from, Math.min(from + step, 200)).map((change) => [change.id, change]));
        await collection.commit({ documents: [...last.values()], checkpoint: BigInt(Math.min(from + step, 200) - 1) });
      }
    };
    await Promise.all([write(one, 3), write(two, 10)]);
    const expected = new Map(documents(0, 200).map(({ id, document }) => [id, document]));
    for (const [id, document] of expected) expect((await one.get(id))?.document).toEqual(document);
    await close();
  });
});
