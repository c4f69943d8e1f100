import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { openMongoDocuments } from '../platform/documents/mongo.ts';
import { openPostgresDocuments } from '../platform/documents/postgres.ts';
import { openPostgres } from '../platform/postgres/postgres.ts';
import { memoryLog } from '../test/support/memory-log.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { documentsOf, plainFold, tillEvent, tills } from '../test/support/till.ts';
import { runProjections } from './engine.ts';
import { openReadModel } from './open-read-model.ts';
import { rebuildProjection } from './rebuild.ts';

const url = process.env.MONGODB_URL ?? '';
const log = pino({ level: 'silent' });

describe.skipIf(url === '')('read models on MongoDB (MONGODB_URL)', () => {
  it('equal a plain fold over restarts, and a rebuild under traffic equals the live one', async () => {
    const database = await freshDatabase();
    const pool = openPostgres(database.url, { max: 4 });
    const own = new URL(url);
    own.pathname = `/test-${randomUUID()}`;
    const documents = await openMongoDocuments({ url: own.href });
    const stores = { documents, postgres: openPostgresDocuments({ pool }) };
    let names = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(tillEvent, { maxLength: 10 }), { minLength: 1, maxLength: 4 }), async (parts) => {
        const memory = memoryLog();
        const { tail } = memory;
        const projection: typeof tills = { ...tills, name: `mongo-${++names}`, store: 'documents' };
        const run = () => runProjections({ tail, stores, projections: [projection], log, retireAfterMs: 5, checkEveryMs: 50 });
        for (const part of parts) {
          const engine = await run();
          for (const [stream, event] of part) memory.append(stream, event);
          await engine.stop();
        }
        const engine = await run();
        const model = await openReadModel(projection, stores, engine);
        memory.append('till-steady', { type: 'Sold', data: { amount: 1 } });
        const traffic = (async () => {
          for (let n = 0; n < 30; n += 1) {
            expect(await model.reached(memory.append('till-steady', { type: 'Sold', data: { amount: 1 } }).position, 30_000)).toBe(true);
          }
        })();
        expect(await rebuildProjection({ tail, stores, projection, log, engine, retireAfterMs: 50 })).toMatchObject({ equal: true, tookOver: true });
        await traffic;
        await model.reached(memory.head(), 30_000);
        expect(await documentsOf(model)).toEqual(plainFold(projection, memory.events));
        await engine.stop();
      }),
      { numRuns: 3 },
    );
    await documents.close();
    await pool.end();
    await database.drop();
  });
});
