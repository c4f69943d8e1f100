import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { checkpoints } from './checkpoints.ts';
import { migrate } from './migrate.ts';
import { openPostgres, type Pool, reachable, transaction } from './postgres.ts';

describe('PostgreSQL', () => {
  let database: FreshDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPostgres(database.url, { max: 8 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  const count = async (table: string) => Number((await pool.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);

  it('runs each step of a component once, however many processes start at once', async () => {
    const steps = ['create table platform.a (n integer)', 'insert into platform.a values (1)'];
    await Promise.all(Array.from({ length: 6 }, () => migrate(pool, 'a', steps)));
    await migrate(pool, 'a', [...steps, 'insert into platform.a values (2)']);
    await migrate(pool, 'b', ['create table platform.b (n integer)']);
    expect(await count('platform.a')).toBe(2);
  });

  it('runs all missing steps or none', async () => {
    await expect(migrate(pool, 'c', ['create table platform.c (n integer)', 'nonsense'])).rejects.toThrow('syntax error');
    await migrate(pool, 'c', ['create table platform.c (n integer)']);
    expect(await count('platform.c')).toBe(0);
  });

  it('refuses a database from the future, and says what to do', async () => {
    await migrate(pool, 'd', ['select 1', 'select 2']);
    await expect(migrate(pool, 'd', ['select 1'])).rejects.toThrow(/holds version 2 of the tables of "d".*up to 1.*newer release/);
  });

  it('does all of a transaction or nothing, and gives the connection back', async () => {
    await migrate(pool, 'e', ['create table platform.e (n integer)']);
    const insert = 'insert into platform.e values (1)';
    for (let n = 0; n < 20; n++)
      await expect(
        transaction(pool, async (client) => {
          await client.query(insert);
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
    await transaction(pool, (client) => client.query(insert));
    expect(await count('platform.e')).toBe(1);
  });

  it('keeps checkpoints, within a transaction too', async () => {
    const { load, save } = checkpoints(pool);
    expect(await load('x')).toBe(-1n);
    await save('x', 9_007_199_254_740_993n);
    expect(await load('x')).toBe(9_007_199_254_740_993n);
    await transaction(pool, async (client) => {
      await save('x', 1n, client);
      throw new Error('no');
    }).catch(() => {});
    expect(await load('x')).toBe(9_007_199_254_740_993n);
    await save('x', -1n);
    expect(await checkpoints(pool).load('x')).toBe(-1n);
  });

  it('says which server can’t be reached, without its password', async () => {
    const nowhere = openPostgres('postgres://ada:hunter2@127.0.0.1:1/shop', { max: 1 });
    const error = await reachable(nowhere).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('127.0.0.1:1/shop') });
    expect(String(error)).not.toContain('hunter2');
    await nowhere.end();
    await reachable(pool);
  });
});
