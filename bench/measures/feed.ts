import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../harness/measure.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { cpuMs, memoryMbBy } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { median } from '../harness/statistics.ts';
import type { EventStoreNode } from '../programs/event-store-node.ts';
import type { FeedReaders } from '../programs/feed-readers.ts';
import type { FeedServer } from '../programs/feed-server.ts';

const sockets = 5_000;
const users = 4_000;
const perSecond = 200;

/** Live feeds on one process, which also builds every read model: what an idle socket costs, and how long from the event's own time to its frame. */
export const feed: Measure = {
  name: 'feed',
  run: async ({ rounds, seconds }) => {
    await using postgres = await benchPostgres();
    const postgresUrl = await postgres.freshDatabase('log');
    await using node = await startProgram<EventStoreNode>('event-store-node', { postgresUrl });
    const log = { connectionString: await node.call('connectionString', null), postgresUrl, key: 'key-of-the-bench-0123456789' };
    await using server = await startProgram<FeedServer>('feed-server', log);
    await using readers = await startProgram<FeedReaders>('feed-readers', { ...log, url: await server.call('url', null) });
    const [before, connected] = [await memoryKb(server), await readers.call('connect', { sockets, of: users })];
    const after = await memoryKb(server);
    await readers.call('notify', { perSecond, seconds });
    const timed: Timed[] = [];
    for (let round = 0; round < rounds; round++) timed.push(await notified(readers, server.pid, postgres.pid, seconds));
    const back = await readers.call('reconnect', null);
    return [
      timesRow(timed),
      {
        measure: 'memory of an idle socket (PSS)',
        value: (after - before) / sockets,
        unit: 'kB',
        target: { atMost: 20 },
        detail: { 'server without sockets MB': before / 1_000, 'and with them MB': after / 1_000 },
      },
      storm('all sockets open, each with its snapshot', connected),
      storm('all come back at once, each in step again', back),
    ];
  },
};

type Timed = Awaited<ReturnType<typeof notified>>;
const notified = async (readers: Program<FeedReaders>, server: number, postgres: number, seconds: number) => {
  const begin = { at: performance.now(), server: cpuMs(server), postgres: cpuMs(postgres) };
  const times = await readers.call('notify', { perSecond, seconds });
  const elapsed = performance.now() - begin.at;
  return { ...times, serverCores: (cpuMs(server) - begin.server) / elapsed, postgresCores: (cpuMs(postgres) - begin.postgres) / elapsed };
};

const timesRow = (timed: readonly Timed[]): Row => {
  const p99 = timed.map((one) => one.p99);
  const middle = (of: (one: Timed) => number) => median(timed.map(of));
  return {
    measure: `event to frame, ${sockets} sockets, ${perSecond} events/s: p99`,
    value: median(p99),
    unit: 'ms',
    target: { atMost: 100 },
    spread: { lowest: Math.min(...p99), highest: Math.max(...p99) },
    detail: {
      'p50 ms': middle(({ p50 }) => p50),
      'p90 ms': middle(({ p90 }) => p90),
      'max ms': Math.max(...timed.map(({ max }) => max)),
      frames: timed.reduce((sum, { frames }) => sum + frames, 0),
      'events /s': middle((one) => one.perSecond),
      'server cores': middle(({ serverCores }) => serverCores),
      'PostgreSQL cores': middle(({ postgresCores }) => postgresCores),
    },
  };
};

const storm = (measure: string, { seconds }: { seconds: number }): Row => ({
  measure: `${measure}: sockets/s`,
  value: sockets / seconds,
  unit: '/s',
  detail: { seconds },
});

/** In use, of the server's process: what connecting left behind and V8 gives back when it is idle does not count. */
const memoryKb = async (server: Program<FeedServer>): Promise<number> => {
  await delay(1_000);
  await server.call('collectGarbage', null);
  await delay(500);
  return [...memoryMbBy(server.pid, () => 'server').values()].reduce((sum, mb) => sum + mb * 1_000, 0);
};
