import { countByStatus } from '../harness/counts.ts';
import type { Measure, Pace } from '../harness/measure.ts';
import { cpuBy, cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { quietSeconds, roleOf, type System, settle, startSystem, temporaryDirectory } from '../harness/system.ts';
import type { HttpLoader } from '../programs/http-load.ts';

/**
 * Notifications on one channel whose provider does nothing (in the app: the event is the delivery), each to another user: asked for over
 * HTTP by 64 connections, until all are delivered and every read model has them. With Redis for the jobs too, where REDIS_URL names one.
 */
export const notifications: Measure = {
  name: 'notifications',
  run: async (pace) => {
    const redis = process.env.REDIS_URL;
    const onPostgres = await rowsWith({}, pace, 'jobs in PostgreSQL', 600);
    return redis === undefined ? onPostgres : [...onPostgres, ...(await rowsWith({ REDIS_URL: redis }, pace, 'jobs in Redis', 1_200))];
  },
};

const rowsWith = async (servers: Readonly<Record<string, string>>, pace: Pace, where: string, atLeast: number): Promise<Row[]> => {
  await using directory = await temporaryDirectory();
  await using system = await startSystem(directory.path, undefined, servers);
  await using loader = await startProgram<HttpLoader>('http-load', {});
  const warmUp = await load(system, loader, Math.min(3, pace.seconds));
  await settle(system.pid);
  const before = cpuBy(system.pid, roleOf);
  const loaderBefore = cpuMs(loader.pid);
  const run = await load(system, loader, pace.rounds * pace.seconds);
  const loaderMs = cpuMs(loader.pid) - loaderBefore;
  const drained = Math.max(0, (await settle(system.pid)) - quietSeconds);
  const cpu = new Map([...cpuBy(system.pid, roleOf)].map(([role, ms]) => [role, (ms - (before.get(role) ?? 0)) / run.count] as const));
  await assertDelivered(system, warmUp.count + run.count);
  const seconds = run.count / run.perSecond + drained;
  return [
    {
      measure: `notifications accepted, delivered, all read, ${where}: /s`,
      value: run.count / seconds,
      unit: '/s',
      target: { atLeast },
      detail: { notifications: run.count, 'accepted /s': run.perSecond, 'seconds until idle': drained, 'p50 ms': run.latency.p50, 'p99 ms': run.latency.p99 },
    },
    {
      measure: `CPU a notification, all processes, ${where}`,
      value: [...cpu.values()].reduce((sum, ms) => sum + ms, 0),
      unit: 'ms',
      detail: { ...Object.fromEntries([...cpu].map(([role, ms]) => [`${role} ms`, ms.toFixed(3)])), 'the load itself, not counted, ms': loaderMs / run.count },
    },
  ];
};

const load = (system: System, loader: Program<HttpLoader>, seconds: number) =>
  loader.call('run', {
    url: new URL('/api/v1/notifications', system.notificationUrl).href,
    connections: 64,
    seconds,
    headers: { authorization: `Bearer ${system.apiKey}` },
    body: JSON.stringify({
      userId: 'user-[<id>]',
      channels: ['in_app'],
      content: { title: 'Your order is on its way', text: 'It arrives tomorrow before noon.' },
    }),
    distinct: true,
  });

/** Those that were under way when the load ended aren't counted in it, and were accepted all the same. */
const assertDelivered = async (system: System, counted: number): Promise<void> => {
  const { delivered = 0, ...others } = Object.fromEntries(await countByStatus(system.notificationUrl, '/api/v1/notifications', system));
  if (delivered < counted || Object.keys(others).length > 0)
    throw new Error(`${counted} notifications were accepted, the list has ${JSON.stringify({ delivered, ...others })}`);
};
