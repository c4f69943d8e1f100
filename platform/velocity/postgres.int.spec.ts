import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { openPostgres, type Pool } from '../postgres/postgres.ts';
import { most, velocityContract, windowsMs } from './contract.ts';
import { postgresVelocity } from './postgres.ts';

let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 8 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('velocities in PostgreSQL', () => {
  velocityContract(() => postgresVelocity({ pool, windowsMs, most }));

  it('forgets what no window reaches, and keeps the rest', async () => {
    const key = randomUUID();
    let now = 2_000_000_000_000;
    const velocity = await postgresVelocity({ pool, windowsMs, now: () => now });
    const attempt = (at: number) => ({ id: randomUUID(), at, amount: 1, currency: 'GBP', card: null, keys: [key] });
    await velocity.prune();
    await velocity.note(attempt(now));
    await velocity.note(attempt(now + 1));
    now += 600_000;
    expect(await velocity.prune()).toBe(1);
    expect((await velocity.note(attempt(now))).counts[0]?.[1]?.attempts).toBe(2);
    await velocity.close();
  });

  it('says so where it cannot count', async () => {
    const gone = openPostgres(database.url, { max: 1 });
    const velocity = await postgresVelocity({ pool: gone, windowsMs });
    await gone.end();
    await expect(velocity.note({ id: randomUUID(), at: 1, amount: 1, currency: 'GBP', card: null, keys: ['k'] })).rejects.toThrow();
    await velocity.close();
  });
});
