import { afterEach, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type EndpointEvent, endpoint } from '../../../domain/notification/endpoint.ts';
import { memoryLog } from '../../../test/support/memory-log.ts';
import { type DirectorySettings, openDirectory } from './directory.ts';

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

const created = (url = 'https://shop.example/'): EndpointEvent => ({
  type: 'EndpointCreated',
  data: { url, secret: 'whsec_1', types: ['payment.*'], description: null },
});

const open = async (change: Partial<DirectorySettings> = {}) => {
  const log = memoryLog();
  const warned: string[] = [];
  const load: DirectorySettings['endpoints']['load'] = async (id) => {
    const events = log.events.filter(({ stream }) => stream === `endpoint-${id}`);
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return undefined;
    const state = fold(endpoint, events.map(({ type, data }) => ({ type, data })) as EndpointEvent[]);
    return { state, version: events.length, position: last.position, createdAt: first.at, updatedAt: last.at };
  };
  const opening = () =>
    openDirectory({
      endpoints: { load },
      tail: log.tail,
      head: async () => log.head(),
      idsAt: async () => [...new Set(log.events.map(({ streamId }) => streamId))],
      serviceSecret: 'whsec_service',
      log: { warn: (...said: unknown[]) => void warned.push(String(said.at(-1))) },
      retryMs: 5,
      ...change,
    });
  return { log, warned, opening };
};

it('knows what there was before it was opened, and what comes', async () => {
  const { log, opening } = await open();
  log.append('endpoint-a', created());
  const directory = await opening();
  stopping.push(directory.stop);
  await directory.current();
  const event = { type: 'payment.captured', time: new Date().toISOString() };
  expect(directory.wanting(event).map(({ id }) => id)).toEqual(['a']);
  log.append('endpoint-b', created('https://other.example/'));
  await directory.current();
  expect(directory.wanting(event).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(directory.wanting({ ...event, type: 'notification.sent' })).toEqual([]);
  // Long before there was any of them.
  expect(directory.wanting({ ...event, time: '2020-01-01T00:00:00.000Z' })).toEqual([]);
  log.append('endpoint-a', { type: 'EndpointDeleted', data: {} });
  await directory.current();
  expect([directory.get('a'), directory.get('b')?.url]).toEqual([undefined, 'https://other.example/']);
});

it('waits for a list that is behind the log, or can’t be read, and is not open until then', async () => {
  const answers: (readonly string[] | undefined | Error)[] = [undefined, new Error('PostgreSQL is away'), ['a']];
  const idsAt = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { log, warned, opening } = await open({ idsAt });
  log.append('endpoint-a', created());
  const directory = await opening();
  stopping.push(directory.stop);
  expect(directory.isOpen()).toBe(false);
  expect(await directory.secretsFor('https://shop.example')).toEqual(['whsec_1']);
  expect(directory.isOpen()).toBe(true);
  expect(warned).toEqual(['the list of endpoints is behind the log: webhooks wait for it', 'the endpoints cannot be read yet: webhooks wait for them']);
});

it('can be stopped before it was ever open; who asks then learns that it doesn’t know', async () => {
  const { log, opening } = await open({ idsAt: async () => undefined, patienceMs: 10 });
  const directory = await opening();
  const asked = directory.current().catch((error: Error) => error.message);
  log.append('endpoint-a', created());
  await directory.stop();
  expect(await asked).toContain('does not keep up');
});

it('says that there is no endpoint only once it knows the log up to there', async () => {
  const { log, opening } = await open();
  const directory = await opening();
  stopping.push(directory.stop);
  await directory.current();
  expect(await directory.isEmptyAt(log.head())).toBe(true);
  log.append('endpoint-a', created());
  expect(await directory.isEmptyAt(log.head())).toBe(false);
  log.append('endpoint-a', { type: 'EndpointDeleted', data: {} });
  expect(await directory.isEmptyAt(log.head())).toBe(true);
});
