// Load on one route, from a process of its own.
import autocannon from 'autocannon';
import { serve } from '../harness/program.ts';
import type { Latencies } from '../harness/statistics.ts';

export type HttpLoad = { url: string; connections: number; seconds: number; headers: Record<string, string>; body: string };
export type HttpRun = { count: number; perSecond: number; latency: Latencies };

const methods = {
  /** POSTs the body over and over. Any answer but a 2xx fails the run: a refusal is faster than the work. */
  run: async ({ url, connections, seconds, headers, body }: HttpLoad): Promise<HttpRun> => {
    const result = await autocannon({ url, connections, duration: seconds, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    if (result.non2xx + result.errors + result.timeouts > 0)
      throw new Error(`${url}: ${result.errors} errors, ${result.timeouts} time-outs, answers ${JSON.stringify(result.statusCodeStats)}`);
    const { p50, p90, p99, max } = result.latency;
    return { count: result['2xx'], perSecond: result['2xx'] / result.duration, latency: { p50, p90, p99, max } };
  },
};
export type HttpLoader = typeof methods;

serve(methods, async () => {});
