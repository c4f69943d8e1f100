import type { Measure, Pace } from '../harness/measure.ts';
import { type Comparison, medianOf, paired } from '../harness/paired.ts';
import { type BenchPostgres, benchPostgres } from '../harness/postgres.ts';
import { cpuBy, cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { roleOf, type System, settle, startSystem, temporaryDirectory } from '../harness/system.ts';
import type { BareFastify } from '../programs/bare-fastify.ts';
import type { HttpLoader, HttpRun } from '../programs/http-load.ts';
import { samplePayment } from '../sample-payment.ts';

/** `cpu`: milliseconds a request, by process. `settled`: seconds that the application went on working after the last answer. */
type Sample = HttpRun & { cpu: ReadonlyMap<string, number>; settled: number };

/**
 * `POST /api/v1/payments` beside a bare Fastify route that validates the same body and does one INSERT: 64 connections, every commit durable
 * in both, the load from a process of its own. Between runs the application works off its projections, so that they don't fall into the baseline's time.
 */
export const createPayments: Measure = {
  name: 'create-payments',
  run: async (pace) => {
    await using directory = await temporaryDirectory();
    await using postgres = await benchPostgres();
    await using loader = await startProgram<HttpLoader>('http-load', {});
    await using bare = await startProgram<BareFastify>('bare-fastify', { postgresUrl: await postgres.freshDatabase('bare') });
    await using system = await startSystem(directory.path);
    const ours = () => runOurs(system, loader, pace);
    const baseline = () => runBaseline(bare, postgres, loader, pace);
    await ours();
    await baseline();
    return rowsOf(await paired(pace.rounds, ours, baseline));
  },
};

const load = (url: string, { seconds }: Pace, headers: Record<string, string>) => ({
  url: new URL('/api/v1/payments', url).href,
  connections: 64,
  seconds,
  headers,
  body: JSON.stringify(samplePayment('customer-1')),
});

const runOurs = async (system: System, loader: Program<HttpLoader>, pace: Pace): Promise<Sample> => {
  const before = cpuBy(system.pid, roleOf);
  const loaderBefore = cpuMs(loader.pid);
  const run = await loader.call('run', load(system.paymentUrl, pace, { authorization: `Bearer ${system.apiKey}` }));
  const loaderMs = cpuMs(loader.pid) - loaderBefore;
  const settled = await settle(system.pid);
  const after = cpuBy(system.pid, roleOf);
  const cpu = new Map([...after].map(([role, ms]) => [role, (ms - (before.get(role) ?? 0)) / run.count]));
  return { ...run, settled, cpu: cpu.set('load', loaderMs / run.count) };
};

const runBaseline = async (bare: Program<BareFastify>, postgres: BenchPostgres, loader: Program<HttpLoader>, pace: Pace): Promise<Sample> => {
  const before = [cpuMs(bare.pid), cpuMs(postgres.pid), cpuMs(loader.pid)] as const;
  const run = await loader.call('run', load(await bare.call('url', null), pace, {}));
  const spent = (pid: number, since: number) => (cpuMs(pid) - since) / run.count;
  const cpu = new Map([
    ['server', spent(bare.pid, before[0])],
    ['PostgreSQL', spent(postgres.pid, before[1])],
    ['load', spent(loader.pid, before[2])],
  ]);
  return { ...run, settled: 0, cpu };
};

const rowsOf = ({ ours, baseline, ratio, lowest, highest }: Comparison<Sample, Sample>): Row[] => [
  {
    measure: 'POST /payments per second ÷ bare Fastify and one INSERT',
    value: ratio,
    unit: '×',
    target: { atLeast: 0.6 },
    spread: { lowest, highest },
    detail: { 'ours /s': medianOf(ours, rate), 'baseline /s': medianOf(baseline, rate), ...latencyOf('ours', ours), ...latencyOf('baseline', baseline) },
  },
  cpuRow('CPU a request, ours (projections and jobs until idle included)', ours),
  cpuRow('CPU a request, baseline', baseline),
];

const rate = ({ perSecond }: Sample): number => perSecond;

const latencyOf = (who: string, samples: readonly Sample[]) => ({
  [`${who} p50 ms`]: medianOf(samples, ({ latency }) => latency.p50),
  [`${who} p99 ms`]: medianOf(samples, ({ latency }) => latency.p99),
});

const cpuRow = (measure: string, samples: readonly Sample[]): Row => {
  const roles = [...new Set(samples.flatMap(({ cpu }) => [...cpu.keys()]))];
  const total = ({ cpu }: Sample) => [...cpu].reduce((sum, [role, ms]) => (role === 'load' ? sum : sum + ms), 0);
  const byRole = Object.fromEntries(roles.map((role) => [`${role} ms`, medianOf(samples, ({ cpu }) => cpu.get(role) ?? 0).toFixed(3)]));
  const settled = medianOf(samples, (sample) => sample.settled);
  return { measure, value: medianOf(samples, total), unit: 'ms', detail: { ...byRole, ...(settled > 0 && { 'seconds until idle': settled }) } };
};
