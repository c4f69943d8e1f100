import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clusterIn } from './cluster.ts';
import { ask, ended, type Workshop, workshop } from './postgres.fixture.ts';
import { serversIn, startTimeOf } from './processes.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.clean());

/** A client that commits row after row until its connection breaks; gives the last one that was acknowledged. */
const writeUntilBroken = async (url: string) => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS written (n int PRIMARY KEY)');
  let acknowledged = 0;
  const enough = Promise.withResolvers<void>();
  const broken = (async () => {
    try {
      while (true) {
        await client.query('INSERT INTO written VALUES ($1)', [acknowledged + 1]);
        acknowledged += 1;
        if (acknowledged === 50) enough.resolve();
      }
    } catch {
      return acknowledged;
    }
  })();
  await enough.promise;
  return { broken };
};

it('survives a kill -9 of the server, with clients at work and others asleep', async () => {
  const first = await shop.start('data');
  const sleeper = new pg.Client({ connectionString: first.url('postgres') });
  sleeper.on('error', () => {});
  await sleeper.connect();
  // A computation sees the death of its postmaster late: the new server meets it still running.
  const busy = sleeper.query("SELECT count(*) FROM generate_series(1, 1000000000) AS n WHERE n::text = 'x'").catch(() => 'broken');
  const { broken } = await writeUntilBroken(first.url('postgres'));
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const acknowledged = await broken;
  expect(serversIn(clusterIn(join(shop.place, 'data'))).length).toBeGreaterThan(0);

  const second = await shop.start('data');
  expect(Number(await ask(second.url('postgres'), 'SELECT max(n) FROM written'))).toBeGreaterThanOrEqual(acknowledged);
  expect(second.url('postgres')).toBe(first.url('postgres'));
  expect(await busy).toBe('broken');
});

it('survives a kill -9 of the process that started it: the server that runs on is shut down and its data is there', async () => {
  const held = await shop.hold('data');
  const { broken } = await writeUntilBroken(held.url ?? '');
  await ended(held.child, 'SIGKILL');
  expect(serversIn(clusterIn(join(shop.place, 'data')))).toContain(held.pid);

  const second = await shop.start('data');
  const acknowledged = await broken;
  expect(startTimeOf(held.pid ?? 0)).toBeUndefined();
  expect(Number(await ask(second.url('postgres'), 'SELECT max(n) FROM written'))).toBeGreaterThanOrEqual(acknowledged);
});

it('survives a kill -9 of everything at once', async () => {
  const held = await shop.hold('data');
  const { broken } = await writeUntilBroken(held.url ?? '');
  for (const pid of serversIn(clusterIn(join(shop.place, 'data')))) process.kill(pid, 'SIGKILL');
  await ended(held.child, 'SIGKILL');
  const acknowledged = await broken;
  const second = await shop.start('data');
  expect(Number(await ask(second.url('postgres'), 'SELECT max(n) FROM written'))).toBeGreaterThanOrEqual(acknowledged);
});

it('is not held up by a pid file whose pid is now another process', async () => {
  const first = await shop.start('data');
  await first.stop();
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    const cluster = clusterIn(join(shop.place, 'data'));
    await writeFile(join(cluster, 'postmaster.pid'), `${other.pid}\n${cluster}\n1700000000\n5432\n`);
    const second = await shop.start('data');
    expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
    expect(startTimeOf(other.pid ?? 0)).toBeDefined();
  } finally {
    await ended(other, 'SIGKILL');
  }
});

it('refuses a second live instance and names the first; it takes over once that is gone', async () => {
  const held = await shop.hold('data');
  await expect(shop.start('data')).rejects.toThrow(`process ${held.child.pid} is already running on ${join(shop.place, 'data')}`);
  expect(await ask(held.url ?? '', 'SELECT 1')).toBe(1);
  await ended(held.child, 'SIGTERM');
  const second = await shop.start('data');
  expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
});

it('waits for a predecessor that is on its way out', async () => {
  const held = await shop.hold('data');
  const second = shop.start('data');
  await ended(held.child, 'SIGTERM');
  expect(await ask((await second).url('postgres'), 'SELECT 1')).toBe(1);
});

it('refuses to be started twice by one process', async () => {
  const first = await shop.start('data');
  await expect(shop.start('data')).rejects.toThrow(`process ${process.pid} is already running on`);
  expect(await ask(first.url('postgres'), 'SELECT 1')).toBe(1);
});

it('is not held up by a lock whose pid is in use again, by a process started at another time', async () => {
  const held = await shop.hold('data');
  const lock = await readFile(join(shop.place, 'data', 'lock'), 'utf8');
  await ended(held.child, 'SIGKILL');
  await writeFile(join(shop.place, 'data', 'lock'), lock.replace(String(held.child.pid), String(process.pid)));
  const second = await shop.start('data');
  expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
});

it('lets only one of several starts through', async () => {
  const started = await Promise.allSettled(Array.from({ length: 5 }, () => shop.hold('data')));
  const held = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const winners = held.filter(({ url }) => url !== undefined);
  expect(winners).toHaveLength(1);
  expect(held.filter(({ error }) => error?.includes(`process ${winners[0]?.child.pid} is already running`))).toHaveLength(4);
});
