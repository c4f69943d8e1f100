import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresDocuments } from '../platform/documents/postgres.ts';
import { openPostgres, type Pool } from '../platform/postgres/postgres.ts';
import { memoryLog } from '../test/support/memory-log.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { documentsOf, plainFold, tillEvent, tills } from '../test/support/till.ts';
import { runProjections } from './engine.ts';
import { openReadModel } from './open-read-model.ts';
import { rebuildProjection } from './rebuild.ts';

const log = pino({ level: 'silent' });
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let names = 0;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const started = async () => {
  const memory = memoryLog();
  const projection: typeof tills = { ...tills, name: `rebuilt-${++names}` };
  const store = openPostgresDocuments({ pool });
  const stores = { documents: store, postgres: store };
  const { tail } = memory;
  const run = () => runProjections({ tail, stores, projections: [projection], log, retireAfterMs: 5, checkEveryMs: 50 });
  const table = (generation = '') => `documents."${projection.name.replaceAll('-', '_')}_v1${generation}"`;
  const sell = (many: number) => {
    for (let n = 1; n <= many; n += 1) memory.append(`till-${n % 5}`, { type: 'Sold', data: { amount: n } });
  };
  return { memory, projection, stores, tail, run, table, sell };
};
const exists = async (table: string): Promise<boolean> => (await pool.query('select to_regclass($1) is not null as there', [table])).rows[0].there;

describe('rebuilding a read model', () => {
  it('equals the live one at one position, and takes over, while events keep coming; readers never go back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tillEvent, { minLength: 1, maxLength: 40 }), fc.boolean(), async (history, sameProcess) => {
        const { memory, projection, stores, tail, run, table } = await started();
        for (const [stream, event] of history) memory.append(stream, event);
        const engine = await run();
        const model = await openReadModel(projection, stores, engine);
        await model.reached(memory.head(), 60_000);
        memory.append('till-steady', { type: 'Sold', data: { amount: 1 } });

        let running = true;
        const traffic = (async () => {
          for (let sales = 2; running; sales += 1) {
            const sold = memory.append('till-steady', { type: 'Sold', data: { amount: 1 } });
            expect(await model.reached(sold.position, 60_000)).toBe(true);
            expect((await model.get('steady'))?.document.sales).toBeGreaterThanOrEqual(sales);
          }
        })();
        const rebuilt = await rebuildProjection({ tail, stores, projection, log, retireAfterMs: 1_000, ...(sameProcess && { engine }) });
        running = false;
        await traffic;
        expect(rebuilt).toMatchObject({ equal: true, tookOver: true, live: rebuilt.rebuilt });
        expect(engine.health().get(projection.name)).toMatchObject({ state: 'live', collection: expect.stringContaining('_g2') });
        expect(await documentsOf(model)).toEqual(plainFold(projection, memory.events));
        await expect.poll(() => exists(table())).toBe(false);
        await engine.stop();
      }),
      { numRuns: 8 },
    );
  });

  it('finds a read model that is wrong, and mends it', async () => {
    const { memory, projection, stores, tail, run, table, sell } = await started();
    sell(50);
    const engine = await run();
    const model = await openReadModel(projection, stores, engine);
    await model.reached(memory.head(), 60_000);
    await pool.query(`update ${table()} set document = document || '{"balance": 1}' where id = '3'`);
    const looked = await rebuildProjection({ tail, stores, projection, log, engine, onDifference: 'keep_live' });
    expect(looked).toMatchObject({ events: 50, equal: false, tookOver: false, live: { documents: 5 }, rebuilt: { documents: 5 } });
    expect((await model.get('3'))?.document.balance).toBe(1);
    expect(await exists(table('_g2'))).toBe(false);
    expect(await rebuildProjection({ tail, stores, projection, log, engine })).toMatchObject({ equal: false, tookOver: true });
    expect(await documentsOf(model)).toEqual(plainFold(projection, memory.events));
    expect(await rebuildProjection({ tail, stores, projection, log, engine })).toMatchObject({ equal: true, tookOver: true });
    await engine.stop();
  });

  it('goes on after a restart in the generation that has taken over', async () => {
    const { memory, projection, stores, tail, run, sell } = await started();
    sell(10);
    const first = await run();
    await (await openReadModel(projection, stores, first)).reached(memory.head(), 60_000);
    await rebuildProjection({ tail, stores, projection, log, engine: first });
    await first.stop();
    sell(10);
    const second = await run();
    const model = await openReadModel(projection, stores, second);
    await model.reached(memory.head(), 60_000);
    expect(second.health().get(projection.name)?.collection).toMatch(/_g2$/);
    expect(await documentsOf(model)).toEqual(plainFold(projection, memory.events));
    await second.stop();
  });

  it('refuses a second rebuild of the same at once, and one of what was never built', async () => {
    const { projection, stores, tail, run, sell } = await started();
    await expect(rebuildProjection({ tail, stores, projection, log })).rejects.toThrow(/nothing to rebuild/);
    sell(5);
    const engine = await run();
    const one = rebuildProjection({ tail, stores, projection, log, engine });
    await expect(rebuildProjection({ tail, stores, projection, log, engine })).rejects.toThrow(/being rebuilt already/);
    await one;
    await engine.stop();
  });
});
