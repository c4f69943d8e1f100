import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { apiKey, apiKeys } from './api-keys.ts';
import { type AppOptions, buildApp } from './app.ts';

export const adminKey = 'key-of-the-administrator';
export const asAdmin = { authorization: `Bearer ${adminKey}` };

export type TestApp = { app: FastifyInstance; logged: () => Record<string, unknown>[]; logText: () => string };

/** The production app with the routes of a spec, an administrator's key, answers checked against their schemas, and a log that can be read. */
export const appForTests = async (options: Partial<AppOptions> = {}): Promise<TestApp> => {
  let text = '';
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  const app = await buildApp({
    service: 'payment',
    title: 'Test',
    description: 'For a spec',
    version: '0.0.0',
    roles: ['payment'],
    authenticate: apiKeys([apiKey('admin', adminKey, ['*:*'])]),
    checks: () => ({}),
    ready: () => true,
    log: createLog({ level: 'debug', name: 'test', destination }),
    metrics: createMetrics(),
    routes: [],
    checkAnswers: true,
    ...options,
  });
  const lines = () => text.split('\n').filter((line) => line !== '');
  return { app, logText: () => text, logged: () => lines().map((line): Record<string, unknown> => JSON.parse(line)) };
};
