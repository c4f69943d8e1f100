// Load on one route, from a process of its own.
import autocannon from 'autocannon';
import { serve } from '../harness/program.ts';
import type { Latencies } from '../harness/statistics.ts';

/** `[<id>]` in the body is another word in each request, where `distinct` is set. */
export type HttpLoad = { url: string; connections: number; seconds: number; headers: Record<string, string>; body: string; distinct?: boolean };
export type HttpRun = { count: number; perSecond: number; latency: Latencies };

const methods = {
  /** POSTs the body over and over. Any answer but a 2xx fails the run: a refusal is faster than the work. */
  run: async ({ url, connections, seconds, headers, body, distinct = false }: HttpLoad): Promise<HttpRun> => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, idReplacement: distinct } as const;
    const result = await autocannon({ url, connections, duration: seconds, ...request });
    if (result.non2xx + result.errors + result.timeouts > 0)
      throw new Error(`${url}: ${result.errors} errors, ${result.timeouts} time-outs, answers ${JSON.stringify(result.statusCodeStats)}`);
    const { p50, p90, p99, max } = result.latency;
    return { count: result['2xx'], perSecond: result['2xx'] / result.duration, latency: { p50, p90, p99, max } };
  },
};
export type HttpLoader = typeof methods;

serve(methods, async () => {});
