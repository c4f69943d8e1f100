import type { Run } from '../harness/callers.ts';
import type { Measure, Pace } from '../harness/measure.ts';
import { medianOf } from '../harness/paired.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import type { Appender } from '../programs/appender.ts';
import type { EventStoreNode } from '../programs/event-store-node.ts';

type Sample = Run & { node: number; client: number; postgres: number };

/** What the node costs beside the official client that calls it: `appendToStream` of one event of about 300 bytes, 64 callers. */
export const appends: Measure = {
  name: 'appends',
  run: async (pace) => {
    await using postgres = await benchPostgres();
    await using node = await startProgram<EventStoreNode>('event-store-node', { postgresUrl: await postgres.freshDatabase('appends') });
    await using appender = await startProgram<Appender>('appender', { connectionString: await node.call('connectionString', null) });
    const samples = await sample(pace, appender, { node: node.pid, client: appender.pid, postgres: postgres.pid });
    const alone = await appender.call('run', { callers: 1, seconds: pace.seconds });
    return [...rowsOf(samples), aloneRow(alone)];
  },
};

type Pids = { node: number; client: number; postgres: number };

const sample = async ({ rounds, seconds }: Pace, appender: Program<Appender>, pids: Pids): Promise<Sample[]> => {
  await appender.call('run', { callers: 64, seconds: Math.min(2, seconds) });
  const samples: Sample[] = [];
  for (let i = 0; i < rounds; i++) {
    const before = [cpuMs(pids.node), cpuMs(pids.client), cpuMs(pids.postgres)] as const;
    const run = await appender.call('run', { callers: 64, seconds });
    samples.push({ ...run, node: cpuMs(pids.node) - before[0], client: cpuMs(pids.client) - before[1], postgres: cpuMs(pids.postgres) - before[2] });
  }
  return samples;
};

const rowsOf = (samples: readonly Sample[]): Row[] => {
  const ratios = samples.map(({ node, client }) => node / client);
  const tails = samples.map(({ latency }) => latency.p99 / latency.p50);
  const spread = (values: readonly number[]) => ({ lowest: Math.min(...values), highest: Math.max(...values) });
  return [
    {
      measure: "the node's CPU per append ÷ the client's, 64 callers",
      value: medianOf(ratios, (ratio) => ratio),
      unit: '×',
      target: { atMost: 0.5 },
      spread: spread(ratios),
      detail: {
        'node ms': medianOf(samples, ({ node, count }) => node / count),
        'client ms': medianOf(samples, ({ client, count }) => client / count),
        'PostgreSQL ms': medianOf(samples, ({ postgres, count }) => postgres / count),
        'appends/s': medianOf(samples, ({ perSecond }) => perSecond),
      },
    },
    {
      measure: 'append, 64 callers: p99 ÷ p50',
      value: medianOf(tails, (tail) => tail),
      unit: '×',
      target: { atMost: 3 },
      spread: spread(tails),
      detail: { 'p50 ms': medianOf(samples, ({ latency }) => latency.p50), 'p99 ms': medianOf(samples, ({ latency }) => latency.p99) },
    },
  ];
};

const aloneRow = ({ perSecond, latency }: Run): Row => ({
  measure: 'append, 1 caller',
  value: perSecond,
  unit: '/s',
  detail: { 'p50 ms': latency.p50, 'p99 ms': latency.p99 },
});
