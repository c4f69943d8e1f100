import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { composeFaults } from './check/compose.ts';
import { dockerfileFaults } from './check/dockerfile.ts';
import { readsOfTheEnvironment } from './check/environment.ts';
import { forbiddenImports } from './check/floors.ts';
import { lockFaults } from './check/lock-file.ts';
import { sourcesOf } from './check/sources.ts';

const root = dirname(import.meta.dirname);
const sources = sourcesOf(root);

const program = (name: string, args: readonly string[]) => async (): Promise<string[]> => {
  const file = join(root, 'node_modules', ...name.split('/'));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [file, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status === 0) return [];
  return [`${stdout ?? ''}${stderr ?? ''}`.trim() || String(error ?? `ended with ${status}`)];
};

/** Each gives what it found, one line a finding. */
const checks: Record<string, () => Promise<string[]>> = {
  'types (tsc)': program('typescript/bin/tsc', ['--noEmit', '-p', '.']),
  'style (biome)': program('@biomejs/biome/bin/biome', ['check', '--max-diagnostics=50']),
  'floors (dependency-cruiser)': () => forbiddenImports(root, sources),
  'environment read in main.ts only': () => readsOfTheEnvironment(root, sources),
  'docker-compose.yml': () => composeFaults(root),
  Dockerfile: () => dockerfileFaults(root, sources),
  'package-lock.json': () => lockFaults(root),
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const started = performance.now();
  const findings = await check().catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${findings.length === 0 ? 'passed' : 'FAILED'}  ${name}  (${seconds} s)`);
  for (const finding of findings) console.log(`  ${finding.replaceAll('\n', '\n  ')}`);
  if (findings.length > 0) failed += 1;
}
console.log(`check: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
