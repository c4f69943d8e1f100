import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres, type Pool } from '../../platform/postgres/postgres.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { openDeliveryAttempts } from './delivery-attempts.ts';

let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 3 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('lets one begin, and nobody after that, in whatever process', async () => {
  const [one, other] = [await openDeliveryAttempts(pool), await openDeliveryAttempts(pool)];
  const begun = await Promise.all([one.begin('d1'), other.begin('d1'), one.begin('d1')]);
  expect(begun.filter(Boolean)).toHaveLength(1);
  expect(await (await openDeliveryAttempts(pool)).begin('d1')).toBe(false);
});

it('lets the next one begin once it is known that nothing was sent', async () => {
  const attempts = await openDeliveryAttempts(pool);
  expect(await attempts.begin('d2')).toBe(true);
  await attempts.clear('d2');
  expect(await attempts.begin('d2')).toBe(true);
  expect(await attempts.begin('d2')).toBe(false);
});

it('knows it in this process even where it could not be written', async () => {
  const shaky = openPostgres(database.url, { max: 1 });
  const attempts = await openDeliveryAttempts(shaky);
  expect(await attempts.begin('d3')).toBe(true);
  await shaky.query('set default_transaction_read_only = on');
  await attempts.clear('d3');
  await shaky.query('set default_transaction_read_only = off');
  expect(await attempts.begin('d3')).toBe(true);
  expect(await attempts.begin('d3')).toBe(false);
  await shaky.end();
});

it('forgets what is so old that no job is left of it', async () => {
  const attempts = await openDeliveryAttempts(pool);
  await attempts.begin('d4');
  await pool.query(`update platform.delivery_attempts set begun_at = now() - interval '31 days' where delivery_id = 'd4'`);
  expect(await (await openDeliveryAttempts(pool)).begin('d4')).toBe(true);
});
