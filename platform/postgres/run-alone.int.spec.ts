import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { openPostgres, type Pool } from './postgres.ts';
import { runAlone } from './run-alone.ts';

let database: FreshDatabase;
let pools: Pool[];
beforeAll(async () => {
  database = await freshDatabase();
  pools = ['first', 'second', 'watch'].map((applicationName) => openPostgres(database.url, { max: 2, applicationName }));
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await database.drop();
});

it('runs in one process at a time, and in another as soon as that one stops or loses its connection', async () => {
  const [first, second, watch] = pools;
  if (!first || !second || !watch) throw new Error('three pools');
  const active = new Set<string>();
  const seen: string[] = [];
  const errors: unknown[] = [];
  const alone = (name: string, pool: Pool) =>
    runAlone(pool, {
      name: 'test',
      everyMs: 20,
      onError: (error) => errors.push(error),
      run: async () => {
        active.add(name);
        seen.push(name);
        return { stop: async () => void active.delete(name) };
      },
    });
  const one = alone('one', first);
  await expect.poll(() => [...active]).toEqual(['one']);
  const two = alone('two', second);
  // It has looked, and found that it isn't its turn.
  await expect.poll(async () => (await watch.query("select from pg_stat_activity where application_name = 'second'")).rowCount).toBeGreaterThan(0);
  expect([...active]).toEqual(['one']);
  await one.stop();
  await expect.poll(() => [...active]).toEqual(['two']);
  const three = alone('three', first);
  await watch.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'second'");
  await expect.poll(() => seen.length).toBe(3);
  expect(errors).not.toEqual([]);
  await two.stop();
  await three.stop();
  expect([...active]).toEqual([]);
  expect((await watch.query("select from pg_locks where locktype = 'advisory'")).rowCount).toBe(0);
});
