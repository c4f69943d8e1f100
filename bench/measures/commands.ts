import type { Run } from '../harness/callers.ts';
import type { Measure, Pace } from '../harness/measure.ts';
import { type Comparison, medianOf, paired } from '../harness/paired.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import type { CommandProgram } from '../programs/emmett-commands.ts';
import type { EventStoreNode } from '../programs/event-store-node.ts';

const targets = [
  { callers: 1, atLeast: 1.5 },
  { callers: 16, atLeast: 2 },
  { callers: 64, atLeast: 2.5 },
];

/** The command that creates a payment, handled by us (client, node, PostgreSQL) and by Emmett (PostgreSQL) with the same decider, on one server. */
export const commands: Measure = {
  name: 'commands',
  run: async (pace) => {
    await using postgres = await benchPostgres();
    const ourUrl = await postgres.freshDatabase('ours');
    await using node = await startProgram<EventStoreNode>('event-store-node', { postgresUrl: ourUrl });
    const connectionString = await node.call('connectionString', null);
    await using ours = await startProgram<CommandProgram>('our-commands', { connectionString, postgresUrl: ourUrl });
    await using emmett = await startProgram<CommandProgram>('emmett-commands', { postgresUrl: await postgres.freshDatabase('emmett') });
    const our = { program: ours, pids: { handler: ours.pid, node: node.pid, PostgreSQL: postgres.pid } };
    const their = { program: emmett, pids: { handler: emmett.pid, PostgreSQL: postgres.pid } };
    for (const { program } of [our, their]) await program.call('run', { callers: 16, seconds: Math.min(3, pace.seconds) });
    const rows: Row[] = [];
    for (const { callers, atLeast } of targets) rows.push(rowOf(callers, atLeast, await compare(pace, callers, our, their)));
    return rows;
  },
};

type Side = { program: Program<CommandProgram>; pids: Readonly<Record<string, number>> };
/** `cpu`: milliseconds a command, by process. */
type Sample = Run & { cpu: Readonly<Record<string, number>> };

const compare = ({ rounds, seconds }: Pace, callers: number, ours: Side, emmett: Side): Promise<Comparison<Sample, Sample>> => {
  const load = { callers, seconds: Math.min(3, seconds) };
  return paired(
    rounds,
    () => sample(ours, load),
    () => sample(emmett, load),
  );
};

const sample = async ({ program, pids }: Side, load: { callers: number; seconds: number }): Promise<Sample> => {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, ms: cpuMs(pid) }));
  const run = await program.call('run', load);
  return { ...run, cpu: Object.fromEntries(before.map(({ name, pid, ms }) => [name, (cpuMs(pid) - ms) / run.count])) };
};

const rowOf = (callers: number, atLeast: number, { ours, baseline, ratio, lowest, highest }: Comparison<Sample, Sample>): Row => ({
  measure: `commands handled per second ÷ Emmett, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
  value: ratio,
  unit: '×',
  target: { atLeast },
  spread: { lowest, highest },
  detail: { ...detailOf('ours', ours), ...detailOf('Emmett', baseline) },
});

const detailOf = (who: string, samples: readonly Sample[]): Record<string, number | string> => ({
  [`${who} /s`]: medianOf(samples, ({ perSecond }) => perSecond),
  [`${who} p50 ms`]: medianOf(samples, ({ latency }) => latency.p50),
  ...Object.fromEntries(Object.keys(samples[0]?.cpu ?? {}).map((name) => [`${who} CPU ms ${name}`, medianOf(samples, ({ cpu }) => cpu[name] ?? 0).toFixed(3)])),
});
