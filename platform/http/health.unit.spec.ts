import { afterAll, beforeAll, expect, it } from 'vitest';
import { appForTests, type TestApp } from './app-for-tests.ts';

let test: TestApp;
beforeAll(async () => {
  test = await appForTests({
    checks: () => ({ database: async () => {} }),
    outside: () => ({ bank: { status: 'down', detail: 'unreachable' }, other: { status: 'unknown' } }),
  });
});
afterAll(() => test.app.close());

it('is not less healthy for what others do, and shows it', async () => {
  const answer = await test.app.inject('/health');
  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    { status: 'ok', checks: { database: { status: 'ok' } }, outside: { bank: { status: 'down', detail: 'unreachable' }, other: { status: 'unknown' } } },
  ]);
});
