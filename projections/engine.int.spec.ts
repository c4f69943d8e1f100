import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentStore } from '../platform/documents/document-store.ts';
import { openPostgresDocuments } from '../platform/documents/postgres.ts';
import { openPostgres, type Pool } from '../platform/postgres/postgres.ts';
import { memoryLog } from '../test/support/memory-log.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { documentsOf, plainFold, tillEvent, tills } from '../test/support/till.ts';
import { runProjections } from './engine.ts';
import { openReadModel } from './open-read-model.ts';
import { openParkedEvents } from './poison.ts';

const log = pino({ level: 'silent' });
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let names = 0;
/** Each test its own read model, in one database. */
const fresh = (more: Partial<typeof tills> = {}): typeof tills => ({ ...tills, name: `tills-${++names}`, ...more });

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const started = async (more: Partial<typeof tills> = {}, memory = memoryLog()) => {
  const projection = fresh(more);
  const store = openPostgresDocuments({ pool });
  const stores = { documents: store, postgres: store };
  const start = (changed: typeof tills = projection, faulty: DocumentStore = store) =>
    runProjections({ tail: memory.tail, stores: { documents: faulty, postgres: faulty }, projections: [changed], log, retireAfterMs: 5 });
  return { projection, memory, store, stores, start };
};

describe('projecting', () => {
  it('reads its writes, filters, and tells who listens', async () => {
    const { projection, memory, stores, start } = await started();
    const engine = await start();
    const model = await openReadModel(projection, stores, engine);
    const changes: string[] = [];
    const unsubscribe = model.onChanged((changed) => changes.push(...changed.map(({ id, document }) => `${id}:${document.balance}`)));
    memory.append('till-1', { type: 'Sold', data: { amount: 5 } });
    const last = memory.append('till-2', { type: 'Sold', data: { amount: 7 } });
    expect(await model.reached(last.position, 60_000)).toBe(true);
    expect((await model.get('1'))?.document).toMatchObject({ balance: 5, sales: 1 });
    expect((await model.find({ where: [{ field: 'balance', from: 6 }], orderBy: 'lastAt', limit: 5 })).rows.map(({ id }) => id)).toEqual(['2']);
    expect(await model.count([])).toBe(2);
    expect(changes).toEqual(['1:5', '2:7']);
    unsubscribe();
    expect(await model.reached(last.position + 1n, 20)).toBe(false);
    await engine.stop();
  });

  it('gives the same from another process, which sees the checkpoint of an idle projection move too', async () => {
    const { projection, memory, stores, start } = await started();
    const engine = await start();
    const elsewhere = await openReadModel(projection, stores);
    const sold = memory.append('till-1', { type: 'Sold', data: { amount: 5 } });
    expect(await elsewhere.reached(sold.position, 60_000)).toBe(true);
    expect((await elsewhere.get('1'))?.document.balance).toBe(5);
    const other = memory.append('other-1', { type: 'NotHandled', data: {} });
    expect(await elsewhere.reached(other.position, 60_000)).toBe(true);
    await engine.stop();
  });

  it.each<{ which: string; more: Partial<typeof tills> }>([
    { which: 'documents of many streams', more: {} },
    { which: 'documents made by the first event of their stream', more: { handles: ['Sold', 'Closed'], creates: ({ revision }) => revision === 0 } },
  ])('equals a plain fold, whatever the batches, failed commits, commits whose answer was lost, and restarts: $which', async ({ more }) => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), events: fc.array(tillEvent, { minLength: 1, maxLength: 8 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('before' as const, 'midway' as const, 'after' as const), times: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('second engine' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const { projection, memory, store, stores, start } = await started(more);
        const faults = { before: 0, midway: 0, after: 0 };
        const faulty = faultyStore(store, projection.name.replaceAll('-', '_'), faults);
        const engines = [await start(projection, faulty)];
        for (const one of steps) {
          if (one.kind === 'append') for (const [stream, event] of one.events) memory.append(stream, event);
          else if (one.kind === 'second engine') engines.push(await start(projection, store));
          else if (one.kind !== 'crash') faults[one.kind] = one.times;
          else {
            await engines.shift()?.stop();
            if (engines.length === 0) engines.push(await start(projection, faulty));
          }
        }
        const model = await openReadModel(projection, stores, engines[0]);
        expect(await model.reached(memory.head(), 10_000)).toBe(true);
        expect(await documentsOf(model)).toEqual(plainFold(projection, memory.events));
        await Promise.all(engines.map((engine) => engine.stop()));
      }),
      { numRuns: 25 },
    );
  });

  it('goes on from its checkpoint when the server has lost the last commits', async () => {
    const { projection, memory, stores, start } = await started();
    const engine = await start();
    const model = await openReadModel(projection, stores, engine);
    memory.append('till-1', { type: 'Sold', data: { amount: 1 } });
    const second = memory.append('till-2', { type: 'Sold', data: { amount: 2 } });
    await model.reached(second.position, 60_000);
    const table = `documents."${projection.name.replaceAll('-', '_')}_v1"`;
    await pool.query(`delete from ${table}`);
    await pool.query(`update documents.checkpoints set position = -1 where collection = '${projection.name.replaceAll('-', '_')}_v1'`);
    const elsewhere = await openReadModel(projection, stores);
    // Without any further event: it is noticed, and mended.
    expect(await elsewhere.reached(second.position, 60_000)).toBe(true);
    expect(await documentsOf(elsewhere)).toEqual(plainFold(projection, memory.events));
    await engine.stop();
  });
});

describe('an event that cannot be folded', () => {
  it('stops its projection before it, shows in health, and is tried again', async () => {
    const { projection, memory, stores, start } = await started();
    const engine = await start();
    const model = await openReadModel(projection, stores, engine);
    const good = memory.append('till-1', { type: 'Sold', data: { amount: 5 } });
    memory.append('till-1', { type: 'Spoilt', data: {} });
    const last = memory.append('till-1', { type: 'Sold', data: { amount: 5 } });
    expect(await model.reached(good.position, 60_000)).toBe(true);
    expect(await model.reached(last.position, 30)).toBe(false);
    expect(engine.health().get(projection.name)).toMatchObject({ state: 'stopped', error: 'cannot fold this' });
    expect((await model.get('1'))?.document.sales).toBe(1);
    await engine.stop();
    const mended = await start({ ...projection, evolve: (till, event, id) => (event.type === 'Spoilt' ? till : projection.evolve(till, event, id)) });
    const after = await openReadModel(projection, stores, mended);
    expect(await after.reached(last.position, 60_000)).toBe(true);
    expect((await after.get('1'))?.document.sales).toBe(2);
    expect(mended.health().get(projection.name)?.state).toBe('live');
    await mended.stop();
  });

  it('is parked with its error where the projection says that this is safe', async () => {
    const { projection, memory, stores, start } = await started({ poison: 'park' });
    const engine = await start();
    const model = await openReadModel(projection, stores, engine);
    memory.append('till-1', { type: 'Sold', data: { amount: 5 } });
    const spoilt = memory.append('till-1', { type: 'Spoilt', data: {} });
    const last = memory.append('till-1', { type: 'Sold', data: { amount: 6 } });
    expect(await model.reached(last.position, 60_000)).toBe(true);
    expect((await model.get('1'))?.document.balance).toBe(11);
    const parked = await (await openParkedEvents(stores.postgres)).find({
      where: [{ field: 'projection', is: projection.name }],
      orderBy: 'parkedAt',
      limit: 5,
    });
    expect(parked.rows.map(({ document }) => document)).toMatchObject([{ eventId: spoilt.id, stream: 'till-1', type: 'Spoilt', error: 'cannot fold this' }]);
    await engine.stop();
  });
});

describe('a new version', () => {
  it('is built beside the old one, which is read until the new one has caught up; then the old one goes', async () => {
    const { projection, memory, store, stores, start } = await started();
    for (let n = 1; n <= 30; n += 1) memory.append(`till-${n % 3}`, { type: 'Sold', data: { amount: n } });
    const first = await start();
    await (await openReadModel(projection, stores, first)).reached(memory.head(), 60_000);
    await first.stop();

    const doubled: typeof tills = {
      ...projection,
      version: 2,
      evolve: (till, event, id) => {
        const next = projection.evolve(till, event, id);
        return next && event.type === 'Sold' ? { ...next, balance: next.balance + event.data.amount } : next;
      },
    };
    const released = Promise.withResolvers<void>();
    const second = await runProjections({
      tail: {
        ...memory.tail,
        follow: async (follower) => await memory.tail.follow({ ...follower, take: (...batch) => released.promise.then(() => follower.take(...batch)) }),
      },
      stores,
      projections: [doubled],
      log,
      retireAfterMs: 5,
    });
    const here = await openReadModel(doubled, stores, second);
    await second.check();
    expect(second.health().get(projection.name)?.state).toBe('building');
    expect((await here.get('1'))?.document.balance).toBe(plainFold(projection, memory.events).get('1')?.balance);
    released.resolve();
    await expect
      .poll(async () => {
        await second.check();
        return second.health().get(projection.name)?.state;
      })
      .toBe('live');
    expect(await documentsOf(here)).toEqual(plainFold(doubled, memory.events));
    const elsewhere = await openReadModel(doubled, stores);
    expect(await documentsOf(elsewhere)).toEqual(plainFold(doubled, memory.events));
    const old = `${projection.name.replaceAll('-', '_')}_v1`;
    await expect.poll(async () => (await pool.query('select to_regclass($1) as there', [`documents."${old}"`])).rows[0].there).toBeNull();
    expect(store).toBeDefined();
    await second.stop();
  });
});

/** Commits to the collections of one read model fail as often as `faults` says: before they are done, midway (as in a
 * store without transactions: documents, and no checkpoint), or after, when only the answer is lost. */
const faultyStore = (store: DocumentStore, prefix: string, faults: { before: number; midway: number; after: number }): DocumentStore => ({
  ...store,
  collection: async (name, indexes, listedBy) => {
    const collection = await store.collection(name, indexes, listedBy);
    if (!name.startsWith(prefix)) return collection;
    return {
      ...collection,
      commit: async (batch) => {
        if (faults.before-- > 0) throw new Error('connection refused');
        if (faults.midway-- > 0) {
          const checkpoint = await collection.checkpoint();
          await collection.commit({ documents: batch.documents.filter(({ document }, index) => document && index % 2 === 0), checkpoint });
          throw new Error('crashed midway');
        }
        await collection.commit(batch);
        if (faults.after-- > 0) throw new Error('connection lost');
      },
    };
  },
});
