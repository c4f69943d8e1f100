import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Measure, Pace } from './harness/measure.ts';
import { cpuMs, machineCpuMs } from './harness/processes.ts';
import { asTable, isMet, type MeasureResult } from './harness/report.ts';
import { analytics, notificationAnalytics } from './measures/analytics.ts';
import { appends } from './measures/appends.ts';
import { commands } from './measures/commands.ts';
import { createPayments } from './measures/create-payments.ts';
import { feed } from './measures/feed.ts';
import { notifications } from './measures/notifications.ts';
import { processPayment } from './measures/process-payment.ts';
import { projections } from './measures/projections.ts';
import { risk } from './measures/risk.ts';
import { start } from './measures/start.ts';
import { wholePayments } from './measures/whole-payments.ts';

const measures: readonly Measure[] = [
  createPayments,
  commands,
  appends,
  processPayment,
  wholePayments,
  notifications,
  risk,
  projections,
  analytics,
  notificationAnalytics,
  feed,
  start,
];

const usage = `npm run bench -- [--json] [--only NAME]… [--quick]
  --json   one JSON object instead of the table
  --only   ${measures.map(({ name }) => name).join(' | ')}
  --quick  short runs, to see that they work: no figures worth keeping`;

const carryOut = async ({ name, run }: Measure, pace: Pace): Promise<MeasureResult> => {
  const begin = { at: performance.now(), ours: cpuMs(process.pid), machine: machineCpuMs() };
  const outcome = await run(pace).then(
    (rows) => ({ rows }),
    (error: unknown) => ({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const elapsed = performance.now() - begin.at;
  const others = machineCpuMs() - begin.machine - (cpuMs(process.pid) - begin.ours);
  return { name, seconds: elapsed / 1000, othersCores: Math.max(0, others / elapsed), ...outcome };
};

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, help: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const unknown = values.only?.filter((name) => !measures.some((measure) => measure.name === name)) ?? [];
if (values.help || unknown.length > 0) {
  console.error(unknown.length > 0 ? `No measure is called ${unknown.join(', ')}.\n${usage}` : usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

// What was started goes with us: leaving in order tells the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const pace: Pace = values.quick ? { rounds: 1, seconds: 1 } : { rounds: 3, seconds: 5 };
const results: MeasureResult[] = [];
for (const measure of measures.filter(({ name }) => values.only?.includes(name) ?? true)) {
  if (!values.json) console.error(`${measure.name} …`);
  results.push(await carryOut(measure, pace));
}
const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', node: process.version, at: new Date().toISOString() };
const rated = results.map((result) => ('rows' in result ? { ...result, rows: result.rows.map((row) => ({ ...row, met: isMet(row) })) } : result));
console.log(values.json ? JSON.stringify({ machine, measures: rated }) : `\n${asTable(results)}\n`);
process.exitCode = results.some((result) => 'failed' in result) ? 1 : 0;
