import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { composeFaults } from './compose.ts';
import { dockerfileFaults } from './dockerfile.ts';
import { readsOfTheEnvironment } from './environment.ts';
import { forbiddenImports } from './floors.ts';
import { lockFaults } from './lock-file.ts';

const project = resolve(import.meta.dirname, '..', '..');
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'check-'));
  await put('package.json', JSON.stringify({ name: 'tried', dependencies: { pg: '*', '@eventstore/db-client': '*' }, devDependencies: { vitest: '*' } }));
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'));
  await symlink(join(project, '.dependency-cruiser.cjs'), join(root, '.dependency-cruiser.cjs'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

/** The rules broken by one file that imports another, both empty otherwise. */
const broken = async (from: string, statement: string, ...others: string[]): Promise<string[]> => {
  await put(from, statement);
  for (const other of others) await put(other, 'export type A = 1;\nexport const a = 1;\n');
  const lines = await forbiddenImports(root, [from, ...others]);
  return [...new Set(lines.map((line) => line.split(':')[0] ?? ''))].sort();
};

it.each([
  ['domain-imports-nothing', 'domain/money.ts', "import { readFileSync } from 'node:fs';", []],
  ['domain-imports-nothing', 'domain/money.ts', "import type { A } from '../platform/a.ts';", ['platform/a.ts']],
  ['platform-floor', 'platform/a.ts', "import { a } from '../query/a.ts';", ['query/a.ts']],
  ['platform-floor', 'providers/a.ts', "const a = await import('../workers/a.ts');", ['workers/a.ts']],
  ['command-floor', 'command/a.ts', "import { a } from '../projections/a.ts';", ['projections/a.ts']],
  ['payment-without-notification', 'workers/payment/a.ts', "import { a } from '../notification/a.ts';", ['workers/notification/a.ts']],
  ['notification-without-payment', 'workers/notification/a.ts', "import { a } from '../../domain/payment/a.ts';", ['domain/payment/a.ts']],
  ['embedded-stands-alone', 'embedded/a.ts', "import { a } from '../platform/a.ts';", ['platform/a.ts']],
  ['embedded-by-main-only', 'platform/a.ts', "import { a } from '../embedded/a.ts';", ['embedded/a.ts']],
  ['one-door-to-the-log', 'platform/a.ts', "import { jsonEvent } from '@eventstore/db-client';", []],
  ['node-uses-generated-only', 'embedded/event-store/a.ts', "import { jsonEvent } from '@eventstore/db-client';", []],
  ['no-development-packages', 'platform/a.ts', "import { it } from 'vitest';", []],
  ['resolvable', 'platform/a.ts', "import { a } from './nowhere.ts';", []],
])('finds what breaks %s', async (rule, from, statement, others) => {
  expect(await broken(from, statement, ...others)).toContain(rule);
});

it('finds a cycle, also one of types alone', async () => {
  await put('domain/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n");
  await put('domain/b.ts', "import type { A } from './a.ts';\nexport type B = A;\n");
  expect(await forbiddenImports(root, ['domain/a.ts', 'domain/b.ts'])).toEqual([expect.stringMatching(/^no-cycles: /)]);
});

it.each([
  ['query/a.ts', "import { a } from '../projections/a.ts';", ['projections/a.ts']],
  ['command/payment/a.ts', "import type { A } from '../../domain/payment/a.ts';", ['domain/payment/a.ts']],
  ['main.ts', "import { a } from './embedded/a.ts';", ['embedded/a.ts']],
  ['platform/event-store/client.ts', "import { jsonEvent } from '@eventstore/db-client';", []],
  ['platform/a.int.spec.ts', "import { it } from 'vitest';\nimport { a } from '../embedded/a.ts';", ['embedded/a.ts']],
])('lets %s import what stands below it', async (from, statement, others) => {
  expect(await broken(from, statement, ...others)).toEqual([]);
});

it.each(['const a = process.env.A;', 'const { env } = process;', "import { env } from 'node:process';", "const a = process['env'];"])(
  'finds that a room reads the environment: %s',
  async (line) => {
    for (const file of ['platform/a.ts', 'main.ts', 'platform/a.unit.spec.ts']) await put(file, `// process.env is told about here\n${line}\n`);
    const found = await readsOfTheEnvironment(root, ['platform/a.ts', 'main.ts', 'platform/a.unit.spec.ts']);
    expect(found).toEqual([`platform/a.ts:2: ${line}`]);
  },
);

it('finds what a compose file may not hold, and what it names without declaring it', async () => {
  await put('docker-compose.yml', 'services:\n  a:\n    image: a\n    imago: b\n    depends_on: [b]\n    volumes: ["kept:/data"]\n    secrets: [key]\n');
  const faults = (await composeFaults(root)).join('\n');
  expect(faults).toMatch(/\/services\/a must NOT have additional properties/);
  expect(faults).toMatch(/service "b"/);
  expect(faults).toMatch(/volume "kept"/);
  expect(faults).toMatch(/secret "key"/);
});

it('finds what a lock file lacks', async () => {
  await put('package.json', JSON.stringify({ dependencies: { a: '^2.0.0' } }));
  await put(
    'package-lock.json',
    JSON.stringify({
      packages: { '': { dependencies: { a: '^1.0.0' } }, 'node_modules/a': { optionalDependencies: { b: '1.0.0', c: '1.0.0' } }, 'node_modules/b': {} },
    }),
  );
  expect(await lockFaults(root)).toEqual([expect.stringMatching(/^c, an optional package of node_modules\/a/), 'a differs from package.json']);
});

it('finds what a Dockerfile copies in vain, or leaves out', async () => {
  await put(
    'Dockerfile',
    'FROM node AS packages\nCOPY package.json gone.json ./\nFROM node\nCOPY --from=packages /app/node_modules ./node_modules\nCOPY domain ./domain\n',
  );
  await put('domain/a.ts', '');
  expect(await dockerfileFaults(root, ['domain/a.ts', 'query/a.ts', 'test/a.ts'])).toEqual(['copies gone.json, which does not exist', 'does not copy query']);
});
