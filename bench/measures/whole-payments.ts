import type { Run } from '../harness/callers.ts';
import { countByStatus } from '../harness/counts.ts';
import type { Measure } from '../harness/measure.ts';
import { cpuBy, cpuMs } from '../harness/processes.ts';
import { type Program, startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { quietSeconds, roleOf, type System, settle, startSystem, temporaryDirectory } from '../harness/system.ts';
import type { Shopper } from '../programs/shopper.ts';

const callers = 32;

/**
 * Payments from the request that creates them to the receipt in the customer's hands and every read model up to date. The time runs until the
 * application has nothing left to do, so a backlog doesn't flatter the rate; then the lists are counted, and a receipt or payment that is missing fails it.
 */
export const wholePayments: Measure = {
  name: 'whole-payments',
  run: async ({ rounds, seconds }) => {
    await using directory = await temporaryDirectory();
    await using system = await startSystem(directory.path);
    await using shopper = await startProgram<Shopper>('shopper', { paymentUrl: system.paymentUrl, apiKey: system.apiKey });
    const warmUp = await shopper.call('pay', { callers, seconds: Math.min(3, seconds) });
    await settle(system.pid);
    const sample = await pay(system, shopper, rounds * seconds);
    await assertAllDone(system, warmUp.count + sample.run.count);
    return rowsOf(sample);
  },
};

/** `cpu`: milliseconds by process, from the first request until the application is idle. */
type Sample = { run: Run; seconds: number; cpu: ReadonlyMap<string, number>; shopper: number };

const pay = async (system: System, shopper: Program<Shopper>, seconds: number): Promise<Sample> => {
  const before = cpuBy(system.pid, roleOf);
  const shopperBefore = cpuMs(shopper.pid);
  const run = await shopper.call('pay', { callers, seconds });
  const shopperMs = cpuMs(shopper.pid) - shopperBefore;
  const drained = Math.max(0, (await settle(system.pid)) - quietSeconds);
  const cpu = new Map([...cpuBy(system.pid, roleOf)].map(([role, ms]) => [role, ms - (before.get(role) ?? 0)]));
  return { run, seconds: run.seconds + drained, cpu, shopper: shopperMs };
};

const assertAllDone = async (system: System, expected: number): Promise<void> => {
  const payments = await countByStatus(system.paymentUrl, '/api/v1/payments', system);
  const receipts = await countByStatus(system.notificationUrl, '/api/v1/notifications', system);
  const text = (counts: ReadonlyMap<string, number>) => JSON.stringify(Object.fromEntries(counts));
  if (payments.get('succeeded') !== expected) throw new Error(`${expected} payments were charged, the list has ${text(payments)}`);
  if (receipts.get('delivered') !== expected) throw new Error(`${expected} payments were charged, of the receipts are ${text(receipts)}`);
};

const rowsOf = ({ run, seconds, cpu, shopper }: Sample): Row[] => [
  {
    measure: 'payments created, captured, receipt delivered, all read: /s',
    value: run.count / seconds,
    unit: '/s',
    target: { atLeast: 120 },
    detail: {
      payments: run.count,
      'answered /s': run.perSecond,
      'seconds until idle': seconds - run.seconds,
      'p50 ms': run.latency.p50,
      'p99 ms': run.latency.p99,
    },
  },
  {
    measure: 'CPU a payment, all processes',
    value: [...cpu.values()].reduce((sum, ms) => sum + ms, 0) / run.count,
    unit: 'ms',
    target: { atMost: 10 },
    detail: {
      ...Object.fromEntries([...cpu].map(([role, ms]) => [`${role} ms`, ms / run.count])),
      'the load itself, not counted, ms': shopper / run.count,
    },
  },
];
