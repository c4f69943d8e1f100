import type { Measure } from '../harness/measure.ts';
import { type BenchPostgres, benchPostgres } from '../harness/postgres.ts';
import { cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import type { EventStoreNode } from '../programs/event-store-node.ts';
import type { HistoryFeeder } from '../programs/history-feeder.ts';
import type { Projector } from '../programs/projector.ts';

/**
 * All read models at once. Live: they follow the log while histories are written to it, until all of them have the last event. Rebuild: another
 * projector builds all of them anew from the first event on.
 */
export const projections: Measure = {
  name: 'projections',
  run: async ({ rounds, seconds }) => {
    await using postgres = await benchPostgres();
    const postgresUrl = await postgres.freshDatabase('log');
    await using node = await startProgram<EventStoreNode>('event-store-node', { postgresUrl });
    const log = { connectionString: await node.call('connectionString', null), postgresUrl };
    await using feeder = await startProgram<HistoryFeeder>('history-feeder', log);
    const warmUp = 100 * seconds;
    const followed = await follow(postgres, log, feeder, { warmUp, payments: 300 * rounds * seconds });
    const rebuilt = await rebuild(postgres, log, followed.head);
    const events = followed.events + warmUp * (followed.events / (300 * rounds * seconds));
    return [liveRow(followed), rebuiltRow({ ...rebuilt, events })];
  },
};

type Log = { connectionString: string; postgresUrl: string };
/** `fed`: seconds that the writing took. `cpu`: the projector's, in milliseconds. */
type Followed = { events: number; head: string; fed: number; seconds: number; cpu: number };

const timeoutMs = 120_000;

const follow = async (postgres: BenchPostgres, log: Log, feeder: Program<HistoryFeeder>, { warmUp, payments }: { warmUp: number; payments: number }) => {
  await using projector = await startProgram<Projector>('projector', { ...log, documentsUrl: await postgres.freshDatabase('live') });
  await projector.call('start', null);
  const once = async (count: number): Promise<Followed> => {
    const begin = { at: performance.now(), cpu: cpuMs(projector.pid) };
    const { events, head, seconds: fed } = await feeder.call('feed', { payments: count });
    await projector.call('reached', { position: head, timeoutMs });
    return { events, head, fed, seconds: (performance.now() - begin.at) / 1000, cpu: cpuMs(projector.pid) - begin.cpu };
  };
  await once(warmUp);
  return await once(payments);
};

const rebuild = async (postgres: BenchPostgres, log: Log, head: string): Promise<{ seconds: number; cpu: number }> => {
  await using projector = await startProgram<Projector>('projector', { ...log, documentsUrl: await postgres.freshDatabase('rebuilt') });
  const begin = { at: performance.now(), cpu: cpuMs(projector.pid) };
  await projector.call('start', null);
  await projector.call('reached', { position: head, timeoutMs });
  return { seconds: (performance.now() - begin.at) / 1000, cpu: cpuMs(projector.pid) - begin.cpu };
};

const liveRow = ({ events, fed, seconds, cpu }: Followed): Row => ({
  measure: 'projections live, all together: events/s',
  value: events / seconds,
  unit: '/s',
  target: { atLeast: 5_000 },
  detail: { events, 'written /s': events / fed, 'behind when the last was written, s': seconds - fed, 'projector CPU ms an event': (cpu / events).toFixed(4) },
});

const rebuiltRow = ({ events, seconds, cpu }: { events: number; seconds: number; cpu: number }): Row => ({
  measure: 'projections built anew, all together: events/s',
  value: events / seconds,
  unit: '/s',
  target: { atLeast: 10_000 },
  detail: { events, 'projector CPU ms an event': (cpu / events).toFixed(4) },
});
