import { dirname } from 'node:path';
import { createVitest } from 'vitest/node';
import { openServers } from './test/servers.ts';

const projects = ['unit', 'integration', 'e2e', 'full'] as const;
type Project = (typeof projects)[number];
const isProject = (name: string): name is Project => projects.some((project) => project === name);

/** `test.ts [--coverage] PROJECT… [FILTER…]`: runs the specs of the projects, those whose path holds a filter. */
const args = process.argv.slice(2);
const chosen = args.filter(isProject);
const filters = args.filter((arg) => !isProject(arg) && !arg.startsWith('--'));
const unknown = args.filter((arg) => arg.startsWith('--') && arg !== '--coverage');
if (chosen.length === 0 || unknown.length > 0) {
  console.error(`${unknown.map((arg) => `unknown option ${arg}; `).join('')}usage: test.ts [--coverage] ${projects.join('|')}… [FILTER…]`);
  process.exit(2);
}

const servers = chosen.includes('full') ? await openServers() : undefined;
// vitest.config.ts hands these to the project `full` alone: the other suites test what stands on no URL.
for (const [name, url] of Object.entries(servers?.urls ?? {})) process.env[`FULL_${name}`] = url;

const run = async (): Promise<boolean> => {
  const vitest = await createVitest({
    root: dirname(import.meta.dirname),
    project: [...chosen],
    watch: false,
    // A filter is for one suite among several; without one, a suite that finds nothing is broken.
    passWithNoTests: filters.length > 0,
    ...(args.includes('--coverage') ? { coverage: { enabled: true } } : {}),
    configLoader: 'native',
  });
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // The first ends the run in order, with the servers it has started; the second at once.
      if (interrupted) process.exit(130);
      interrupted = true;
      console.error('Interrupted: ending what was started …');
      process.exitCode = 130;
      vitest.cancelCurrentRun('keyboard-input').finally(() => vitest.exit(true));
    });
  await vitest.start(filters).catch((error: unknown) => {
    // vitest has said so; whether it is a failure, passWithNoTests tells.
    if (!(error instanceof Error && 'code' in error && error.code === 'VITEST_FILES_NOT_FOUND')) throw error;
    if (filters.length === 0) process.exitCode = 1;
  });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: 'passed' | 'failed' | 'skipped') => tests.filter((test) => test.result().state === state).length;
  const broken = modules.filter((module) => module.state() === 'failed' && [...module.children.allTests('failed')].length === 0).length;
  const errors = vitest.state.getUnhandledErrors().length;
  const stopped = tests.length - count('passed') - count('failed') - count('skipped');
  await vitest.close();
  for (const note of servers?.notes ?? []) console.log(`full: ${note}`);
  if (broken > 0) console.log(`${broken} files could not be run`);
  if (errors > 0) console.log(`${errors} errors outside of tests`);
  if (stopped > 0) console.log(`${stopped} tests did not end`);
  const failed = count('failed') + broken + stopped + (errors > 0 ? 1 : 0);
  console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`);
  return failed === 0 && (process.exitCode ?? 0) === 0;
};

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await servers?.close();
}
