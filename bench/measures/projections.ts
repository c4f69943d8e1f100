import { allProjections } from '../all-projections.ts';
import type { Measure } from '../harness/measure.ts';
import { type BenchPostgres, benchPostgres } from '../harness/postgres.ts';
import { cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { round } from '../harness/statistics.ts';
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
    const rebuilt: Rebuilt[] = [];
    for (const { name } of allProjections) rebuilt.push(await rebuild(postgres, log, followed.head, name));
    return [liveRow(followed), rebuiltRow(rebuilt), togetherRow(await rebuild(postgres, log, followed.head))];
  },
};

type Log = { connectionString: string; postgresUrl: string };
/** `fed`: seconds that the writing took. `cpu`: the projector's, in milliseconds. */
type Followed = { events: number; head: string; fed: number; seconds: number; cpu: number };

/** `cpu`: milliseconds an event. */
type Rebuilt = { name: string; perSecond: number; cpu: number };

const timeoutMs = 120_000;

const follow = async (postgres: BenchPostgres, log: Log, feeder: Program<HistoryFeeder>, { warmUp, payments }: { warmUp: number; payments: number }) => {
  await using projector = await startProgram<Projector>('projector', { ...log, documentsUrl: await postgres.freshDatabase('live') });
  await projector.call('start', {});
  const once = async (count: number): Promise<Followed> => {
    const begin = { at: performance.now(), cpu: cpuMs(projector.pid) };
    const { events, head, seconds: fed } = await feeder.call('feed', { payments: count });
    await projector.call('reached', { position: head, timeoutMs });
    return { events, head, fed, seconds: (performance.now() - begin.at) / 1000, cpu: cpuMs(projector.pid) - begin.cpu };
  };
  await once(warmUp);
  return await once(payments);
};

const rebuild = async (postgres: BenchPostgres, log: Log, head: string, only?: string): Promise<Rebuilt> => {
  const documentsUrl = await postgres.freshDatabase(`rebuilt_${(only ?? 'all').replaceAll('-', '_')}`);
  await using projector = await startProgram<Projector>('projector', { ...log, documentsUrl });
  const begin = { at: performance.now(), cpu: cpuMs(projector.pid) };
  await projector.call('start', only === undefined ? {} : { only });
  await projector.call('reached', { position: head, timeoutMs });
  const seconds = (performance.now() - begin.at) / 1000;
  // Positions have no gaps: the head's is the number of events that were read.
  return { name: only ?? 'all', perSecond: Number(head) / seconds, cpu: (cpuMs(projector.pid) - begin.cpu) / Number(head) };
};

const liveRow = ({ events, fed, seconds, cpu }: Followed): Row => ({
  measure: 'projections live, all together: events/s',
  value: events / seconds,
  unit: '/s',
  target: { atLeast: 5_000 },
  detail: { events, 'written /s': events / fed, 'behind when the last was written, s': seconds - fed, 'projector CPU ms an event': (cpu / events).toFixed(4) },
});

const rebuiltRow = (rebuilt: readonly Rebuilt[]): Row => ({
  measure: 'a read model built anew, the slowest: events of the log/s',
  value: Math.min(...rebuilt.map(({ perSecond }) => perSecond)),
  unit: '/s',
  target: { atLeast: 10_000 },
  detail: Object.fromEntries(rebuilt.map(({ name, perSecond, cpu }) => [name, `${round(perSecond, 0)}/s, ${round(cpu, 4)} ms`])),
});

const togetherRow = ({ perSecond, cpu }: Rebuilt): Row => ({
  measure: 'all read models built anew at once: events of the log/s',
  value: perSecond,
  unit: '/s',
  detail: { 'projector CPU ms an event': cpu.toFixed(4) },
});
