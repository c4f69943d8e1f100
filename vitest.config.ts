import { defineConfig } from 'vitest/config';

const outside = ['**/node_modules/**', '**/.data/**', '**/coverage/**'];
const postgres = './test/support/global-setup.ts';

/** What scripts/test.ts found for the full profile, under the names that the application knows. */
const urls = Object.fromEntries(
  ['POSTGRES_URL', 'REDIS_URL', 'RABBITMQ_URL', 'MONGODB_URL', 'EVENTSTORE_URL'].flatMap((name) => {
    const url = process.env[`FULL_${name}`];
    return url ? [[name, url]] : [];
  }),
);

/** unit: no I/O. integration: real servers, beside the code. e2e: the built application. full: against servers named by URL variables. */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['**/*.unit.spec.ts'], exclude: outside, testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'integration', include: ['**/*.int.spec.ts'], exclude: outside, globalSetup: [postgres], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/**/*.e2e.spec.ts'], exclude: outside, globalSetup: [postgres], testTimeout: 300_000, hookTimeout: 300_000 },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: ['**/*.full.spec.ts'],
          exclude: outside,
          env: urls,
          globalSetup: [postgres],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
    pool: 'forks',
    // Two cores, and servers beside the tests.
    maxWorkers: 2,
    expect: { poll: { timeout: 60_000, interval: 25 } },
    coverage: {
      provider: 'v8',
      include: ['command/**', 'domain/**', 'embedded/**', 'platform/**', 'projections/**', 'providers/**', 'query/**', 'workers/**'],
      exclude: ['**/*.spec.ts', '**/console/**'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 80, branches: 80, 'domain/**': { lines: 100, branches: 100, functions: 100, statements: 100 } },
    },
  },
});
