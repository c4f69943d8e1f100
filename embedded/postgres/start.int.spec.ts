import { existsSync, statSync } from 'node:fs';
import { chown, cp, mkdir, readdir, readFile, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseAccount, giveTo } from './account.ts';
import { findBinaries } from './binaries.ts';
import { clusterIn } from './cluster.ts';
import { ask, ended, type Workshop, workshop } from './postgres.fixture.ts';
import { serversIn } from './processes.ts';
import { startProgram } from './program.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.clean());

const root = process.getuid?.() === 0;

it('keeps what was committed, over a socket and no port, and leaves no process', async () => {
  const first = await shop.start('data', {});
  await ask(first.url('postgres'), 'CREATE TABLE kept AS SELECT 1 AS n');
  expect(await ask(first.url('postgres'), 'SHOW listen_addresses')).toBe('');
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'])
    expect(await ask(first.url('postgres'), `SHOW ${setting}`)).toBe('on');
  await first.stop();
  await first.stop();
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(serversIn(clusterIn(join(shop.place, 'data')))).toEqual([]);

  const second = await shop.start('data');
  expect(await ask(second.url('postgres'), 'SELECT n FROM kept')).toBe(1);
});

it('tells text apart as people do, whatever the locale of the machine', async () => {
  const { url } = await shop.start('data');
  expect(await ask(url('postgres'), "SELECT lower('ÄÉЖ')")).toBe('äéж');
  expect(await ask(url('postgres'), 'SHOW server_encoding')).toBe('UTF8');
});

it.each([`with space, comma & 'quote' "double" ü`, 'percent%20and?query=#hash'])('takes a directory called %s', async (name) => {
  const { url } = await shop.start(name);
  expect(await ask(url('postgres'), 'SELECT 1')).toBe(1);
  expect(existsSync(join(shop.place, name, 'socket', '.s.PGSQL.5432'))).toBe(true);
});

it('reaches a database whose name has to be encoded', async () => {
  const { url } = await shop.start('data');
  await ask(url('postgres'), 'CREATE DATABASE "a b%é"');
  expect(await ask(url('a b%é'), 'SELECT current_database()')).toBe('a b%é');
});

it('puts the socket elsewhere when its path would be too long, in a private place that stays the same and goes in the end', async () => {
  const name = join('long'.repeat(20), 'longer'.repeat(15));
  const first = await shop.start(name);
  expect(await ask(first.url('postgres'), 'SELECT 1')).toBe(1);
  const directory = (await readFile(join(shop.place, name, 'socket-directory'), 'utf8')).trim();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await shop.start(name);
  expect(second.url('postgres')).toBe(first.url('postgres'));
  expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
  await second.stop();
  expect(existsSync(directory)).toBe(false);
});

it('does not listen to the environment of the shell', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { PGPORT: '1', PGSSLMODE: 'require', PGDATA: '/nowhere', PGHOST: 'nowhere.invalid' });
  try {
    const { url } = await shop.start('data');
    expect(await ask(url('postgres'), 'SELECT 1')).toBe(1);
  } finally {
    process.env = before;
  }
});

describe.skipIf(!root)('started by root', () => {
  it('runs as somebody else', async () => {
    const { pid } = await shop.start('data');
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  });

  it('runs below a directory that nobody else may enter', async () => {
    await mkdir(join(shop.place, 'closed'), { mode: 0o700 });
    const { url, pid } = await shop.start('closed/data');
    expect(await ask(url('postgres'), 'SELECT 1')).toBe(1);
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  });

  it('runs programs below a directory that nobody else may enter', async () => {
    const closed = join(shop.place, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { root: programs } = await findBinaries();
    await cp(programs, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    await mkdir(join(closed, 'data'), { mode: 0o700 });
    const account = chooseAccount(join(closed, 'data'), join(closed, 'native'));
    giveTo(account, join(closed, 'data'));
    const program = startProgram(account, join(closed, 'native', 'bin', 'initdb'), ['-D', join(closed, 'data'), '-U', 'postgres', '--no-sync'], () => {});
    expect(await program.ended, program.lastLines().join('\n')).toEqual({ code: 0, signal: null });
  });

  it('goes on with a directory that an ordinary user made, as that user', async () => {
    await mkdir(join(shop.place, 'theirs'), { mode: 0o755 });
    const nobody = 65534;
    await chown(join(shop.place, 'theirs'), nobody, nobody);
    const held = await shop.hold('theirs', { uid: nobody, gid: nobody });
    expect(held.error).toBeUndefined();
    await ask(held.url ?? '', 'CREATE TABLE kept AS SELECT 1 AS n');
    await ended(held.child, 'SIGTERM');
    const server = await shop.start('theirs');
    expect(await ask(server.url('postgres'), 'SELECT n FROM kept')).toBe(1);
    expect(statSync(`/proc/${server.pid}`).uid).toBe(nobody);
  });

  it('takes a cluster that was restored as root', async () => {
    const first = await shop.start('data');
    await first.stop();
    giveTo({ owner: { uid: 0, gid: 0 } }, clusterIn(join(shop.place, 'data')));
    const second = await shop.start('data');
    expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
  });
});

it('makes a whole cluster or none: leftovers of a start that was killed go', async () => {
  const child = shop.begin('data');
  await mkdir(join(shop.place, 'data'), { recursive: true });
  for await (const { filename } of watch(join(shop.place, 'data'))) if (filename?.startsWith('new-')) break;
  await ended(child, 'SIGKILL');
  expect(existsSync(clusterIn(join(shop.place, 'data')))).toBe(false);

  const { url } = await shop.start('data');
  expect(await ask(url('postgres'), 'SELECT 1')).toBe(1);
  expect((await readdir(join(shop.place, 'data'))).filter((name) => name.startsWith('new-'))).toEqual([]);
});

it('ignores a file that is no lock of ours', async () => {
  await mkdir(join(shop.place, 'data'));
  await writeFile(join(shop.place, 'data', 'lock'), 'scribble');
  const { url } = await shop.start('data');
  expect(await ask(url('postgres'), 'SELECT 1')).toBe(1);
});
