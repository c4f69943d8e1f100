import pg from 'pg';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/support/postgres.ts';
import { openJobs } from './bullmq.ts';
import { jobsContract } from './contract.ts';

describe('jobs on PostgreSQL', () => {
  jobsContract(async () => {
    const database = await freshDatabase();
    return { backend: { postgres: database.url }, close: database.drop };
  });

  it('goes on when the server has cut all connections', async () => {
    const database = await freshDatabase();
    const jobs = await openJobs({ backend: { postgres: database.url }, log: pino({ level: 'silent' }) });
    const done: string[] = [];
    await jobs.work('q', async ({ id }) => void done.push(id), { concurrency: 2 });
    await jobs.add([{ queue: 'q', id: 'a', data: {} }]);
    await expect.poll(() => done).toEqual(['a']);
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await expect.poll(() => jobs.add([{ queue: 'q', id: 'b', data: {} }]).then(() => 'added'), { timeout: 60_000 }).toBe('added');
    await expect.poll(() => done, { timeout: 60_000 }).toContain('b');
    await jobs.close();
    await admin.end();
    await database.drop();
  });

  it('is opened by several processes at once', async () => {
    const database = await freshDatabase();
    const opened = await Promise.all([1, 2, 3, 4].map(() => openJobs({ backend: { postgres: database.url }, log: pino({ level: 'silent' }) })));
    await opened[0]?.add([{ queue: 'q', id: 'a', data: {} }]);
    expect((await opened[3]?.counts('q'))?.waiting).toBe(1);
    await Promise.all(opened.map((jobs) => jobs.close()));
    await database.drop();
  });

  it('says who cannot be reached', async () => {
    await expect(openJobs({ backend: { postgres: 'postgres://nobody@127.0.0.1:1/none' }, log: pino({ level: 'silent' }) })).rejects.toThrow(/ECONNREFUSED/);
  });
});
