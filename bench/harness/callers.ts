import { type Latencies, latencies } from './statistics.ts';

/** What so many callers, each waiting for its answer before it asks again, got done. */
export type Run = { count: number; seconds: number; perSecond: number; latency: Latencies };
export type Load = { callers: number; seconds: number };

/** Calls `once` from `callers` sides at the same time until the time is over; what began is waited for and counted. Any failure fails the run. */
export const runCallers = async ({ callers, seconds }: Load, once: () => Promise<unknown>): Promise<Run> => {
  const taken: number[] = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      await once();
      taken.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - begin) / 1000;
  return { count: taken.length, seconds: elapsed, perSecond: taken.length / elapsed, latency: latencies(taken) };
};
