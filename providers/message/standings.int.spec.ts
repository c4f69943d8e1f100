import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres, type Pool } from '../../platform/postgres/postgres.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import type { ProviderStanding } from './set-up.ts';
import { openStandings } from './standings.ts';

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

const closed: ProviderStanding = {
  channel: 'email',
  provider: 'sendgrid',
  circuit: { state: 'closed', retryInMs: 0 },
  pausedUntil: undefined,
  pausedKeys: 0,
};
const well = { channel: 'email', provider: 'sendgrid', circuit: { state: 'closed', retryAt: null }, pausedUntil: null, pausedKeys: 0 };

describe('how providers are', () => {
  it('is what the worst off of the processes that send has found, as soon as it has; nothing of those that have stopped', async () => {
    const [worker, service] = [await openStandings(pool), await openStandings(pool)];
    expect(await service.all()).toEqual([]);
    let own: ProviderStanding = closed;
    const slack: ProviderStanding = { ...closed, channel: 'chat', provider: 'slack', pausedKeys: 2 };
    const [one, other] = [worker.share(() => [closed, slack], { everyMs: 10 }), worker.share(() => [own, slack], { everyMs: 10 })];
    await expect.poll(service.all).toEqual([
      { ...well, processes: 2 },
      { ...well, channel: 'chat', provider: 'slack', pausedKeys: 2, processes: 2 },
    ]);
    own = { ...closed, circuit: { state: 'open', retryInMs: 60_000 }, pausedUntil: Date.now() + 3_600_000 };
    await expect
      .poll(async () => (await service.all())[0])
      .toEqual({
        ...well,
        circuit: { state: 'open', retryAt: expect.any(String) },
        pausedUntil: expect.any(String),
        processes: 2,
      });
    await other.stop();
    expect((await service.all())[0]).toEqual({ ...well, processes: 1 });
    await one.stop();
    expect(await service.all()).toEqual([]);
  });

  it('is told again when PostgreSQL is back', async () => {
    const broken: Pool = openPostgres(database.url, { max: 1 });
    const standings = await openStandings(broken);
    await broken.end();
    const errors: unknown[] = [];
    const shared = standings.share(() => [closed], { everyMs: 10, onError: (error) => void errors.push(error) });
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await shared.stop();
  });
});
