import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInvalidCursor } from '../cursor.ts';
import { beforeAll as nowhere } from '../event-store/event-store.ts';
import { canonical } from './canonical.ts';
import type { Collection, DocumentStore, Find, Indexes } from './document-store.ts';
import { isValidCursor } from './paging.ts';

type Order = { status: string; total: number; placedAt: string; paid?: boolean; note?: string; lines?: readonly { sku: string; count: number }[] };
const indexes: Indexes<Order> = { status: 'text', total: 'number', placedAt: 'time', paid: 'boolean', note: 'text' };

const order = (total: number, more: Partial<Order> = {}): Order => ({ status: 'open', total, placedAt: `2026-01-01T00:00:0${total % 10}.000Z`, ...more });
const at = (position: number, id: string, document: Order | undefined) => ({ id, position: BigInt(position), document });

/** What every document store must do; `open` gives one over an empty database. */
export const documentStoreContract = (open: () => Promise<{ store: DocumentStore; close: () => Promise<void> }>): void => {
  let opened: { store: DocumentStore; close: () => Promise<void> };
  let names = 0;
  const fresh = (): Promise<Collection<Order>> => opened.store.collection<Order>(`orders_v${++names}`, indexes);
  const filled = async (orders: readonly Order[]): Promise<Collection<Order>> => {
    const collection = await fresh();
    await collection.commit({ documents: orders.map((one, index) => at(index, `o${index}`, one)), checkpoint: 100n });
    return collection;
  };
  const ids = async (collection: Collection<Order>, query: Partial<Find>) =>
    (await collection.find({ where: [], orderBy: 'total', limit: 50, ...query })).rows.map(({ id }) => id);

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  describe('committing', () => {
    it('starts empty, before every event', async () => {
      const collection = await fresh();
      expect(await collection.checkpoint()).toBe(nowhere);
      expect(await collection.get('nobody')).toBeUndefined();
      expect(await collection.load([])).toEqual(new Map());
      expect(await collection.checksum()).toEqual({ documents: 0, checksum: '0'.repeat(32), position: nowhere });
    });

    it('keeps documents with the position of their last event, and the checkpoint', async () => {
      const collection = await fresh();
      const document = order(5, { lines: [{ sku: 'a.b', count: 2 }], note: 'quotes " \\ $1 and ünïcode 🎉' });
      await collection.commit({ documents: [at(7, 'a', document), at(9, 'b', order(6))], checkpoint: 12n });
      expect(await collection.get('a')).toEqual({ id: 'a', position: 7n, document });
      expect([...(await collection.load(['a', 'b', 'c'])).keys()].toSorted()).toEqual(['a', 'b']);
      expect(await collection.checkpoint()).toBe(12n);
    });

    it('keeps positions beyond 2^53', async () => {
      const collection = await fresh();
      await collection.commit({
        documents: [at(0, 'a', order(1)), { id: 'b', position: 9_007_199_254_740_993n, document: order(2) }],
        checkpoint: 9_007_199_254_740_995n,
      });
      expect((await collection.get('b'))?.position).toBe(9_007_199_254_740_993n);
      expect(await collection.checkpoint()).toBe(9_007_199_254_740_995n);
    });

    it('replaces and removes', async () => {
      const collection = await filled([order(1), order(2)]);
      await collection.commit({ documents: [at(101, 'o0', order(9)), at(102, 'o1', undefined), at(103, 'never', undefined)], checkpoint: 110n });
      expect((await collection.get('o0'))?.document.total).toBe(9);
      expect(await collection.get('o1')).toBeUndefined();
      expect(await collection.count([])).toBe(1);
    });

    it('brings a removed document back with a later event', async () => {
      const collection = await filled([order(1)]);
      await collection.commit({ documents: [at(101, 'o0', undefined)], checkpoint: 101n });
      await collection.commit({ documents: [at(102, 'o0', order(3))], checkpoint: 102n });
      expect((await collection.get('o0'))?.document.total).toBe(3);
    });

    it('leaves what it has seen: neither an older document nor a lower checkpoint takes effect', async () => {
      const collection = await filled([order(1)]);
      await collection.commit({ documents: [at(120, 'o0', order(2))], checkpoint: 120n });
      await collection.commit({ documents: [at(110, 'o0', order(8))], checkpoint: 110n });
      expect((await collection.get('o0'))?.document.total).toBe(2);
      expect(await collection.checkpoint()).toBe(120n);
    });

    it('moves the checkpoint alone', async () => {
      const collection = await filled([order(1)]);
      await collection.commit({ documents: [], checkpoint: 500n });
      expect(await collection.checkpoint()).toBe(500n);
    });

    it('keeps text that no database likes as the replacement character', async () => {
      const collection = await filled([order(1, { note: 'nul \0 and a lone \ud83d surrogate' })]);
      expect((await collection.get('o0'))?.document.note).toBe('nul \uFFFD and a lone \uFFFD surrogate');
    });

    it('ends as the last write of each id says, whatever the batches', async () => {
      const write = fc.record({ id: fc.constantFrom('a', 'b', 'c'), total: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }) });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 6 }), async (batches) => {
          const collection = await fresh();
          const expected = new Map<string, Order>();
          let position = 0;
          for (const batch of batches) {
            const last = new Map(batch.map(({ id, total }) => [id, at(++position, id, total === undefined ? undefined : order(total))]));
            for (const { id, document } of last.values()) document ? expected.set(id, document) : expected.delete(id);
            await collection.commit({ documents: [...last.values()], checkpoint: BigInt(position) });
          }
          const { rows } = await collection.find({ where: [], orderBy: 'position', limit: 10 });
          expect(new Map(rows.map(({ id, document }) => [id, document]))).toEqual(expected);
          await opened.store.drop(`orders_v${names}`);
        }),
        { numRuns: 15 },
      );
    });
  });

  describe('finding', () => {
    it('filters by equality, by any of several, and by a range that has its start and not its end', async () => {
      const collection = await filled([
        order(1),
        order(2, { status: 'paid', paid: true }),
        order(3, { status: 'void', paid: false }),
        order(4, { status: 'paid', paid: true }),
      ]);
      expect(await ids(collection, { where: [{ field: 'status', is: 'paid' }] })).toEqual(['o3', 'o1']);
      expect(await ids(collection, { where: [{ field: 'paid', is: false }] })).toEqual(['o2']);
      expect(await ids(collection, { where: [{ field: 'status', in: ['open', 'void'] }], ascending: true })).toEqual(['o0', 'o2']);
      expect(await ids(collection, { where: [{ field: 'total', from: 2, to: 4 }] })).toEqual(['o2', 'o1']);
      expect(
        await ids(collection, {
          where: [
            { field: 'placedAt', from: '2026-01-01T00:00:03Z' },
            { field: 'status', is: 'paid' },
          ],
        }),
      ).toEqual(['o3']);
      expect(await ids(collection, { where: [{ field: 'placedAt', to: '2026-01-01T01:00:02+01:00' }] })).toEqual(['o0']);
      expect(await ids(collection, { where: [{ field: 'status', in: [] }] })).toEqual([]);
      expect(await collection.count([{ field: 'status', is: 'paid' }])).toBe(2);
      expect(await collection.countBy('status', ['paid', 'void', 'none'])).toEqual(
        new Map([
          ['paid', 2],
          ['void', 1],
        ]),
      );
      expect(await collection.countBy('status', [])).toEqual(new Map());
    });

    it('compares text by its bytes, and times as times', async () => {
      const collection = await filled([order(1, { note: 'Zoë' }), order(2, { note: 'abc' }), order(3, { note: 'ABC' }), order(4, { note: 'éa' })]);
      expect(await ids(collection, { orderBy: 'note', ascending: true })).toEqual(['o2', 'o0', 'o1', 'o3']);
      const times = await filled([
        order(1, { placedAt: '2026-01-01T00:00:00Z' }),
        order(2, { placedAt: '2026-01-01T00:00:00.500Z' }),
        order(3, { placedAt: '2025-12-31T23:00:00-02:00' }),
      ]);
      expect(await ids(times, { orderBy: 'placedAt', ascending: true })).toEqual(['o0', 'o1', 'o2']);
    });

    it('leaves out documents that lack the field that is asked for and sorted by', async () => {
      const collection = await filled([order(1, { note: 'b' }), order(2), order(3, { note: 'a' }), order(4, { note: 'c' })]);
      const sorted = { orderBy: 'note', ascending: true, limit: 2 };
      expect(await ids(collection, { ...sorted, where: [{ field: 'note', from: 'a' }] })).toEqual(['o2', 'o0']);
      const { next = '' } = await collection.find({ ...sorted, where: [{ field: 'note', from: 'a' }] });
      expect(await ids(collection, { ...sorted, where: [{ field: 'note', from: 'a' }], after: next })).toEqual(['o3']);
      expect(await ids(collection, { ...sorted, limit: 9, where: [{ field: 'note' }] })).toEqual(['o2', 'o0', 'o3', 'o1']);
    });

    it('sorts by position', async () => {
      expect(await ids(await filled([order(3), order(1), order(2)]), { orderBy: 'position' })).toEqual(['o2', 'o1', 'o0']);
    });

    it('pages through everything once, with ties and with documents that lack the field, while others are added', async () => {
      const value = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
      await fc.assert(
        fc.asyncProperty(fc.array(value, { maxLength: 12 }), fc.boolean(), fc.integer({ min: 1, max: 5 }), async (notes, ascending, limit) => {
          const collection = await filled(notes.map((note, index) => order(index, note === undefined ? {} : { note })));
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = await collection.find({ where: [], orderBy: 'note', ascending, limit, ...(after && { after }) });
            expect(page.rows.length).toBeLessThanOrEqual(limit);
            seen.push(...page.rows.map(({ id }) => id));
            after = page.next;
          } while (after);
          const whole = await ids(collection, { orderBy: 'note', ascending });
          expect(seen).toEqual(whole);
          expect(whole.toSorted()).toEqual(notes.map((_, index) => `o${index}`).toSorted());
          await opened.store.drop(`orders_v${names}`);
        }),
        { numRuns: 20 },
      );
    });

    it('refuses a cursor that was changed, cut, or is of another list', async () => {
      const collection = await filled([order(1), order(2), order(3)]);
      const query: Find = { where: [], orderBy: 'total', limit: 1 };
      const { next = '' } = await collection.find(query);
      expect(isValidCursor({ ...query, after: next })).toBe(true);
      const wrong = [
        { ...query, after: `x${next}` },
        { ...query, after: next.slice(0, -1) },
        { ...query, after: 'nonsense' },
        { ...query, after: next, ascending: true },
        { ...query, after: next, where: [{ field: 'status', is: 'open' }] },
      ];
      for (const one of wrong) {
        expect(isValidCursor(one)).toBe(false);
        await expect(collection.find(one)).rejects.toSatisfy(isInvalidCursor);
      }
    });

    it('filters and pages alike in a collection that says what its lists are sorted by', async () => {
      const collection = await opened.store.collection<Order>(`orders_v${++names}`, indexes, 'placedAt');
      const orders = [order(4, { note: 'a' }), order(2, { status: 'paid', paid: true }), order(3, { note: 'a', paid: true }), order(1, { note: 'a' })];
      await collection.commit({ documents: orders.map((one, index) => at(index, `o${index}`, one)), checkpoint: 9n });
      const noted = { where: [{ field: 'note', is: 'a' }], orderBy: 'placedAt', limit: 2 };
      expect(await ids(collection, noted)).toEqual(['o0', 'o2']);
      const { next = '' } = await collection.find(noted);
      expect(await ids(collection, { ...noted, after: next })).toEqual(['o3']);
      expect(await ids(collection, { where: [{ field: 'paid', is: true }], orderBy: 'placedAt', ascending: true })).toEqual(['o1', 'o2']);
      expect(await ids(collection, { where: [], orderBy: 'note', ascending: true })).toEqual(['o0', 'o2', 'o3', 'o1']);
      await expect(opened.store.collection<Order>('orders_by_what_is_not_there', indexes, 'lines')).rejects.toThrow(/no index/);
    });

    it('says which index is missing', async () => {
      const collection = await fresh();
      await expect(collection.find({ where: [{ field: 'lines', is: 'x' }], orderBy: 'total', limit: 1 })).rejects.toThrow(/no index on lines/);
    });
  });

  describe('a collection over its life', () => {
    it('gives the documents that it had to an index that is new', async () => {
      const name = `orders_v${++names}`;
      const before = await opened.store.collection<Order>(name, { status: 'text' });
      await before.commit({ documents: [at(1, 'a', order(1, { paid: true })), at(2, 'b', order(2)), at(3, 'c', order(3))], checkpoint: 3n });
      const after = await opened.store.collection<Order>(name, indexes);
      expect(await ids(after, { where: [{ field: 'total', from: 2 }] })).toEqual(['c', 'b']);
      expect(await ids(after, { where: [{ field: 'placedAt', to: '2026-01-01T00:00:02Z' }] })).toEqual(['a']);
      expect(await ids(after, { where: [{ field: 'paid', is: true }] })).toEqual(['a']);
    });

    it('is made by several at once', async () => {
      const name = `orders_v${++names}`;
      const made = await Promise.all(Array.from({ length: 5 }, () => opened.store.collection<Order>(name, indexes)));
      await made[0]?.commit({ documents: [at(1, 'a', order(1))], checkpoint: 1n });
      expect(await made[4]?.count([])).toBe(1);
    });

    it('is gone when dropped, and says so to who still writes to it', async () => {
      const collection = await filled([order(1)]);
      await opened.store.drop(`orders_v${names}`);
      await expect(collection.commit({ documents: [at(200, 'a', order(1))], checkpoint: 200n })).rejects.toThrow();
      await opened.store.drop(`orders_v${names}`);
      const again = await opened.store.collection<Order>(`orders_v${names}`, indexes);
      expect([await again.count([]), await again.checkpoint()]).toEqual([0, nowhere]);
    });
  });

  it('sums up equal documents equally, in any order and over any path', async () => {
    const one = await fresh();
    const other = await fresh();
    const [first, second] = [order(1, { lines: [{ sku: 'x', count: 1 }] }), order(2, { note: 'n' })];
    await one.commit({ documents: [at(1, 'a', first), at(2, 'b', second)], checkpoint: 4n });
    await other.commit({ documents: [at(1, 'b', order(7)), at(2, 'c', order(7))], checkpoint: 2n });
    const shuffled = JSON.parse(canonical({ ...second, zzz: undefined }));
    await other.commit({ documents: [at(3, 'b', shuffled), at(4, 'c', undefined), at(5, 'a', first)], checkpoint: 9n });
    const { checksum } = await one.checksum();
    expect(await other.checksum()).toEqual({ documents: 2, checksum, position: 9n });
    // The same in every store: compare with what the other adapters give.
    expect(checksum).toBe('d92248f2fd48eb0a49fcb92033a25420');
    await other.commit({ documents: [at(10, 'a', order(1))], checkpoint: 10n });
    expect((await other.checksum()).checksum).not.toBe(checksum);
  });
};
