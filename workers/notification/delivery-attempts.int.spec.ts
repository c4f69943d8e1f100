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
  const begun = await Promise.all([one.begin('d1', 'job'), other.begin('d1', 'other'), one.begin('d1', 'third')]);
  expect(begun.toSorted()).toEqual(['begun', 'under_way', 'under_way']);
  expect(await (await openDeliveryAttempts(pool)).begin('d1', 'fourth')).toBe('under_way');
});

it('knows the tries of many deliveries apart that begin at one moment', async () => {
  const attempts = await openDeliveryAttempts(pool);
  await attempts.begin('many-3', 'job-3');
  const ids = Array.from({ length: 20 }, (_, index) => index);
  const begun = await Promise.all(ids.map((index) => attempts.begin(`many-${index}`, `job-${index}`)));
  expect(begun).toEqual(ids.map((index) => (index === 3 ? 'cut_off' : 'begun')));
});

it('says that a try was cut off: to its own job at once, to others once it can’t be under way any more', async () => {
  const attempts = await openDeliveryAttempts(pool);
  await attempts.begin('d5', 'job');
  expect(await attempts.begin('d5', 'job')).toBe('cut_off');
  expect(await attempts.begin('d5', 'job-later')).toBe('under_way');
  await pool.query(`update platform.delivery_attempts set begun_at = now() - interval '6 minutes' where delivery_id = 'd5'`);
  expect(await attempts.begin('d5', 'job-later')).toBe('cut_off');
});

it('lets the next one begin once it is known that nothing was sent', async () => {
  const attempts = await openDeliveryAttempts(pool);
  expect(await attempts.begin('d2', 'job')).toBe('begun');
  await attempts.clear('d2');
  expect(await attempts.begin('d2', 'job')).toBe('begun');
  expect(await attempts.begin('d2', 'job')).toBe('cut_off');
});

it('knows it in this process even where it could not be written, unless another has begun since', async () => {
  const shaky = openPostgres(database.url, { max: 1 });
  const attempts = await openDeliveryAttempts(shaky);
  const clearInVain = async (deliveryId: string) => {
    await shaky.query('set default_transaction_read_only = on');
    await attempts.clear(deliveryId);
    await shaky.query('set default_transaction_read_only = off');
  };
  expect(await attempts.begin('d3', 'job')).toBe('begun');
  await clearInVain('d3');
  expect(await attempts.begin('d3', 'job')).toBe('begun');
  expect(await attempts.begin('d3', 'job')).toBe('cut_off');

  expect(await attempts.begin('d6', 'job')).toBe('begun');
  await clearInVain('d6');
  // The answer alone was lost, and another process has begun, and was perhaps cut off.
  await pool.query(`delete from platform.delivery_attempts where delivery_id = 'd6'`);
  expect(await (await openDeliveryAttempts(pool)).begin('d6', 'job')).toBe('begun');
  expect(await attempts.begin('d6', 'job')).toBe('cut_off');
  await shaky.end();
});

it('forgets what is so old that no job is left of it', async () => {
  const attempts = await openDeliveryAttempts(pool);
  await attempts.begin('d4', 'job');
  await pool.query(`update platform.delivery_attempts set begun_at = now() - interval '31 days' where delivery_id = 'd4'`);
  expect(await (await openDeliveryAttempts(pool)).begin('d4', 'job')).toBe('begun');
});
