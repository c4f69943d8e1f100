import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clusterIn } from './cluster.ts';
import { explainOutput } from './failures.ts';
import { ask, type Workshop, workshop } from './postgres.fixture.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.clean());

const root = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

it.each([
  ['99', /made by PostgreSQL 99, and the bundled one is 18\. Start the newer version/],
  ['15', /made by PostgreSQL 15, and the bundled one is 18\. Dump it with PostgreSQL 15/],
])('refuses a cluster of PostgreSQL %s and says what to do', async (version, message) => {
  await mkdir(clusterIn(join(shop.place, 'data')), { recursive: true });
  await writeFile(join(clusterIn(join(shop.place, 'data')), 'PG_VERSION'), `${version}\n`);
  await expect(shop.start('data')).rejects.toThrow(message);
});

it('refuses a directory that a newer version has laid out, and can be started there again after that', async () => {
  const first = await shop.start('data');
  await first.stop();
  await writeFile(join(shop.place, 'data', 'layout'), '2\n');
  await expect(shop.start('data')).rejects.toThrow(/has layout 2, and this version knows 1/);
  await writeFile(join(shop.place, 'data', 'layout'), '1\n');
  const second = await shop.start('data');
  expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
});

it('refuses a directory that holds something else', async () => {
  await mkdir(clusterIn(join(shop.place, 'data')), { recursive: true });
  await expect(shop.start('data')).rejects.toThrow(/is no PostgreSQL data directory/);
});

it('refuses a path with a file in the way', async () => {
  await writeFile(join(shop.place, 'data'), '');
  await expect(shop.start('data')).rejects.toThrow(/a file is in the way/);
  await expect(shop.start('data/below')).rejects.toThrow(/a file is in the way/);
});

it('refuses a directory that it may not write', async () => {
  await mkdir(join(shop.place, 'data'), { mode: 0o555 });
  const { error } = await shop.hold('data', root ? nobody : {});
  expect(error).toMatch(/may not read or write .*\/data .*Give it to that user, start as its owner, or set DATA_DIR/);
});

it('refuses a cluster that it may not read', async () => {
  const { stop } = await shop.start('data');
  await stop();
  await chmod(join(shop.place, 'data'), 0o777);
  await chmod(clusterIn(join(shop.place, 'data')), 0o000);
  const { error } = await shop.hold('data', root ? nobody : {});
  await chmod(clusterIn(join(shop.place, 'data')), 0o700);
  expect(error).toMatch(/may not read or write .*\/data/);
});

// A full disk of our own: a small file system in memory, which only root can mount.
const smallDisk = (place: string, megabytes: number) => spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'small', place]).status === 0;

it.runIf(root)('says that the disk is full: on the way to a cluster, and under a server', async ({ skip }) => {
  const disk = join(shop.place, 'disk');
  await mkdir(disk);
  if (!smallDisk(disk, 8)) skip('no file system can be mounted here');
  try {
    await expect(shop.start('disk/data')).rejects.toThrow(/the disk that holds .* is full/);
    spawnSync('mount', ['-o', 'remount,size=120m', disk]);
    const first = await shop.start('disk/data');
    await first.stop();
    spawnSync('sh', ['-c', 'dd if=/dev/zero of="$1/filler" bs=64k 2>/dev/null', 'sh', disk]);
    await expect(shop.start('disk/data')).rejects.toThrow(/the disk that holds .* is full/);
    await rm(join(disk, 'filler'));
    const second = await shop.start('disk/data');
    expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
    await second.stop();
  } finally {
    spawnSync('umount', [disk]);
  }
});

it.each([
  ['initdb: error: could not look up effective user ID 4711: user does not exist', /no entry in \/etc\/passwd/],
  ['postgres: error while loading shared libraries: libicui18n.so.60: cannot open shared object file', /npm rebuild/],
  ['FATAL:  could not open file "pg_wal/0000": No space left on device', /disk that holds \/d is full/],
  ['FATAL:  something new', /ended with exit code 1 on \/d\. It said:\nFATAL: {2}something new/],
])('explains "%s"', (line, message) => {
  expect(explainOutput('postgres', '/d', 'exit code 1', [line]).message).toMatch(message);
});
