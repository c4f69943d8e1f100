import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';

const project = dirname(import.meta.dirname);

/** Says what it is told, and takes half a breath to close, as real programs do. */
const program = `
const alive = setInterval(() => {}, 1000);
let leaving: NodeJS.Timeout | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    console.log('got ' + signal);
    leaving ??= setTimeout(() => { console.log('closed'); clearInterval(alive); process.exitCode = 7; }, 400);
  });
console.log('up ' + process.pid + ' ' + process.version + ' ' + process.argv.slice(2).join(','));
`;

let root = '';
const children: ChildProcess[] = [];
const programs: number[] = [];
const kill = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
};
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'run-')));
  for (const file of ['package.json', 'package-lock.json']) await cp(join(project, file), join(root, file));
  for (const file of ['run.mjs', 'install.mjs', 'with-parent.mjs']) await cp(join(project, 'scripts', file), join(root, 'scripts', file));
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'));
  for (const room of ['command', 'console', 'domain', 'embedded', 'platform', 'projections', 'providers', 'query', 'roles', 'workers'])
    await mkdir(join(root, room));
  await writeFile(join(root, 'main.ts'), program);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const pid of programs.splice(0)) kill(pid);
  await rm(root, { recursive: true, force: true });
});

type Launched = { child: ChildProcess; pid: number; lines: string[]; said: (text: string) => Promise<string>; over: Promise<unknown> };

/** Starts it and waits until the program is up; `over` settles when nobody holds its output any more, so when all of it has ended. */
const launch = async (file: string, ...args: string[]): Promise<Launched> => {
  const { npm_lifecycle_event: _, ...env } = process.env;
  const child = spawn(file, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], env });
  children.push(child);
  const lines: string[] = [];
  const waiting: { text: string; found: (line: string) => void }[] = [];
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  reader.on('line', (line) => {
    lines.push(line.trim());
    for (const { text, found } of waiting) if (line.includes(text)) found(line.trim());
  });
  const said = (text: string) =>
    new Promise<string>((found) => {
      const already = lines.find((line) => line.includes(text));
      if (already) found(already);
      else waiting.push({ text, found });
    });
  const over = once(reader, 'close');
  const up = await said('up ');
  const pid = Number(up.slice(up.indexOf('up ')).split(' ')[1]);
  programs.push(pid);
  return { child, pid, lines, said, over };
};

const run = (...args: string[]) => launch(process.execPath, 'scripts/run.mjs', ...args);

it('runs the file on the pinned Node, with the arguments, and keeps the exit code', async () => {
  const { child, lines } = await run('main.ts', 'payment', '--x');
  expect(lines[0]).toMatch(/ v24\.\d+\.\d+ payment,--x$/);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([7, null]);
  expect(lines.slice(1)).toEqual(['got SIGTERM', 'closed']);
});

it('passes on an interrupt that was sent to it alone, once, also when npm repeats it', async () => {
  const { child, lines, said } = await run('main.ts');
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await said('got SIGINT');
  child.kill('SIGINT');
  expect(await exit).toEqual([7, null]);
  expect(lines.slice(1)).toEqual(['got SIGINT', 'closed']);
});

it('ends as the program did when that dies of a signal', async () => {
  const { child, pid } = await run('main.ts');
  const exit = once(child, 'exit');
  process.kill(pid, 'SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
});

it('leaves nothing behind when it is killed outright', async () => {
  const { child, lines, over } = await run('main.ts');
  child.kill('SIGKILL');
  await over;
  expect(lines.slice(1)).toEqual(['got SIGTERM', 'closed']);
});

it('leaves nothing behind when npm is killed outright', async () => {
  const { child, lines, over } = await launch('npm', 'start', '--silent');
  child.kill('SIGKILL');
  await over;
  expect(lines).toContain('closed');
});

it.runIf(existsSync('/usr/bin/script'))('lets a Ctrl-C in a terminal through once', async () => {
  const { child, lines, over } = await launch('script', '-qec', `${process.execPath} scripts/run.mjs main.ts`, '/dev/null');
  child.stdin?.write('\x03');
  await over;
  expect(
    lines.filter((line) => line.includes('got SIGINT')),
    lines.join('\n'),
  ).toHaveLength(1);
  expect(lines).toContain('closed');
});

it('starts it again on a change, after it has closed in its own time', async () => {
  const { child, lines, said, over } = await run('--watch', 'main.ts');
  const again = said('second');
  await writeFile(join(root, 'main.ts'), `console.log('second');\n${program}`);
  await again;
  expect(lines.indexOf('closed')).toBeLessThan(lines.indexOf('second'));
  expect(lines).toContain('closed');
  child.kill('SIGTERM');
  await over;
});

it('says how it is used', async () => {
  const child = spawn(process.execPath, ['scripts/run.mjs'], { cwd: root, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([2, null]);
});
