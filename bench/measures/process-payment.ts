import type { Measure } from '../harness/measure.ts';
import { startProgram } from '../harness/program.ts';
import { latencies } from '../harness/statistics.ts';
import { settle, startSystem, temporaryDirectory } from '../harness/system.ts';
import type { Shopper } from '../programs/shopper.ts';

/** `POST /payments/:id/process` until its 200: intent, job, provider, outcome and answer, with nothing else to do. */
export const processPayment: Measure = {
  name: 'process-payment',
  run: async ({ rounds, seconds }) => {
    await using directory = await temporaryDirectory();
    await using system = await startSystem(directory.path);
    await using shopper = await startProgram<Shopper>('shopper', { paymentUrl: system.paymentUrl, apiKey: system.apiKey });
    await shopper.call('process', { count: 50 });
    await settle(system.pid);
    const { p50, p90, p99, max } = latencies(await shopper.call('process', { count: 40 * rounds * seconds }));
    const detail = { 'p90 ms': p90, 'max ms': max, samples: 40 * rounds * seconds };
    return [
      { measure: 'process → 200 on the sandbox, idle: p50', value: p50, unit: 'ms', target: { atMost: 15 }, detail },
      { measure: 'process → 200 on the sandbox, idle: p99', value: p99, unit: 'ms', target: { atMost: 40 }, detail: {} },
    ];
  },
};
