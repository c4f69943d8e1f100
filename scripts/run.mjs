// node scripts/run.mjs [--watch] FILE [ARGUMENTS]: installs what is missing, then runs the file on the Node that package.json pins.
// Plain JavaScript without a dependency: it has to run on any Node from 20 on, before anything is installed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [first, ...others] = process.argv.slice(2);
const watch = first === '--watch';
const [file, ...rest] = watch ? others : [first, ...others];
if (file === undefined) {
  console.error('usage: node scripts/run.mjs [--watch] FILE [ARGUMENTS]');
  process.exit(2);
}

const node = await ensureInstalled(root, { development: file !== 'main.ts' });
const watched = ['main.ts', 'command', 'console', 'domain', 'embedded', 'platform', 'projections', 'providers', 'query', 'roles', 'workers'];
const watching = watch ? ['--watch-preserve-output', ...watched.map((path) => `--watch-path=${join(root, path)}`)] : [];
const leaving = ['--import', pathToFileURL(join(root, 'scripts', 'with-parent.mjs')).href];
// Compiled code and stripped types are kept from one start to the next.
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'), ...process.env };
const child = spawn(node, [...leaving, ...watching, join(root, file), ...rest], { cwd: root, env, stdio: 'inherit' });

// A Ctrl-C in a terminal reaches the child too, as it is in the same process group; a signal that was sent to us alone (by npm, a container, a test) doesn't.
const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
let interrupted = Number.NEGATIVE_INFINITY;
process.on('SIGINT', () => {
  const again = performance.now() - interrupted < 1000;
  interrupted = performance.now();
  // npm passes on what the terminal has already delivered; twice would mean "at once" to some programs.
  if (!terminal && !again) child.kill('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

// When npm is killed outright, nobody is left who could stop us: then we go too. Between npm and us there is a shell, on most systems.
const parentOf = (pid) => statOf(pid)?.[1];
const statOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
};
const nameOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
};
const parent = process.ppid;
const npm = /^(sh|dash|bash|ash|zsh)$/.test(nameOf(parent)) ? parentOf(parent) : undefined;
const alone = () => process.ppid !== parent || (npm !== undefined && parentOf(parent) !== npm);
const watchOver = setInterval(() => {
  if (!process.env.npm_lifecycle_event || !alone()) return;
  clearInterval(watchOver);
  child.kill('SIGTERM');
}, 250);
watchOver.unref();

child.on('error', (error) => {
  console.error(`${node} can't be started: ${error.message}. Remove node_modules and try again.`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // A signal that doesn't end us (we may be the first process of a container) is told by the shell's convention.
  setTimeout(() => process.exit(1), 1000);
});
