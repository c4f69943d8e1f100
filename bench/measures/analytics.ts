import type { Measure } from '../harness/measure.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { latencies } from '../harness/statistics.ts';
import type { AnalyticsServer } from '../programs/analytics-server.ts';

const questions = {
  'a year of one currency by day, provider and country': 'interval=day&from=2025-07-01T00:00:00Z&groupBy=provider,country&currency=EUR',
  'a year by day and provider': 'interval=day&from=2025-07-01T00:00:00Z&groupBy=provider',
  'a year by day': 'interval=day&from=2025-07-01T00:00:00Z',
  '48 hours by hour, provider, country and method': 'interval=hour&from=2026-06-29T00:00:00Z&groupBy=provider,country,method',
  'ten years by month and provider': 'interval=month&from=2016-07-01T00:00:00Z&groupBy=provider',
};

/** `GET /api/v1/analytics` behind ten million events, each question asked alone. */
export const analytics: Measure = {
  name: 'analytics',
  run: async ({ rounds, seconds }) => {
    await using postgres = await benchPostgres();
    await using server = await startProgram<AnalyticsServer>('analytics-server', { postgresUrl: await postgres.freshDatabase('figures') });
    const { documents, events } = await server.call('fill', null);
    const url = await server.call('url', null);
    const rows: Row[] = [];
    for (const [question, query] of Object.entries(questions)) rows.push(await asked(`${url}/api/v1/analytics?${query}`, question, 4 * rounds * seconds));
    return [...rows, { measure: 'figures of so many events', value: events, unit: '', detail: { documents } }];
  },
};

const asked = async (url: string, question: string, times: number): Promise<Row> => {
  const taken: number[] = [];
  let [bytes, answered] = [0, ''];
  for (let time = -5; time < times; time += 1) {
    const begin = performance.now();
    const response = await fetch(url);
    answered = await response.text();
    if (time >= 0) taken.push(performance.now() - begin);
    if (!response.ok) throw new Error(`${response.status}: ${answered}`);
    bytes = answered.length;
  }
  const { p50, p99 } = latencies(taken);
  return {
    measure: `${question}: p50`,
    value: p50,
    unit: 'ms',
    target: { atMost: 50 },
    detail: { 'p99 ms': p99, rows: answered.split('"bucket"').length - 1, 'kB answered': bytes / 1_000 },
  };
};
