import type { FiguresAnswers } from '../harness/generated-figures.ts';
import type { Measure, Pace } from '../harness/measure.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { cpuMs } from '../harness/processes.ts';
import { startProgram } from '../harness/program.ts';
import type { Row } from '../harness/report.ts';
import { latencies } from '../harness/statistics.ts';

type Questions = Readonly<Record<string, string>>;

const ofPayments: Questions = {
  'a year of one currency by day, provider and country': 'interval=day&from=2025-07-01T00:00:00Z&groupBy=provider,country&currency=EUR',
  'a year by day and provider': 'interval=day&from=2025-07-01T00:00:00Z&groupBy=provider',
  'a year by day': 'interval=day&from=2025-07-01T00:00:00Z',
  '48 hours by hour, provider, country and method': 'interval=hour&from=2026-06-29T00:00:00Z&groupBy=provider,country,method',
  'ten years by month and provider': 'interval=month&from=2016-07-01T00:00:00Z&groupBy=provider',
  'three years by day, provider, country and method': 'interval=day&from=2023-07-01T00:00:00Z&groupBy=provider,country,method',
  'three years of one country by day': 'interval=day&from=2023-07-01T00:00:00Z&country=CA',
  'two months of one country by hour': 'interval=hour&from=2026-05-01T12:00:00Z&country=IE',
};

const ofNotifications: Questions = {
  'a year by day': 'interval=day&from=2025-07-01T00:00:00Z',
  'a year by day and channel': 'interval=day&from=2025-07-01T00:00:00Z&groupBy=channel',
  'a year of one template by day, channel and variant': 'interval=day&from=2025-07-01T00:00:00Z&template=payment_receipt&groupBy=channel,variant',
  '48 hours by hour, channel, template, category and provider': 'interval=hour&from=2026-06-29T00:00:00Z&groupBy=channel,template,category,provider',
  'ten years by month and channel': 'interval=month&from=2016-07-01T00:00:00Z&groupBy=channel',
  'three years by day and everything': 'interval=day&from=2023-07-01T00:00:00Z&groupBy=channel,template,category,provider,experiment,variant',
  'three years of one variant by day': 'interval=day&from=2023-07-01T00:00:00Z&variant=other',
  'two months of one provider by hour': 'interval=hour&from=2026-05-01T12:00:00Z&provider=vonage',
};

/** `GET /api/v1/analytics` behind ten million events, each question asked alone, page by page. */
const measure = (name: string, program: string, questions: Questions): Measure => ({
  name,
  run: async (pace) => {
    await using postgres = await benchPostgres();
    await using server = await startProgram<FiguresAnswers>(program, { postgresUrl: await postgres.freshDatabase('figures') });
    const { documents, events } = await server.call('fill', null);
    const url = await server.call('url', null);
    const cpu = () => cpuMs(server.pid) + cpuMs(postgres.pid);
    return [...(await askedAll({ url, cpu }, questions, pace)), { measure: 'figures of so many events', value: events, unit: '', detail: { documents } }];
  },
});

export const analytics = measure('analytics', 'analytics-server', ofPayments);
export const notificationAnalytics = measure('notification-analytics', 'notification-analytics-server', ofNotifications);

/** `cpu`: what service and PostgreSQL have used, in milliseconds. */
type Asked = { url: string; cpu: () => number };

const askedAll = async ({ url, cpu }: Asked, all: Questions, { rounds, seconds }: Pace): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [question, query] of Object.entries(all))
    rows.push(...(await asked({ url: `${url}/api/v1/analytics?${query}`, cpu }, question, 4 * rounds * seconds)));
  return rows;
};

type Page = { url: string; rows: number; bytes: number };

/** Its pages, each asked for once. */
const pagesOf = async (url: string): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page = next === '' ? url : `${url}&cursor=${next}`;
    const text = await textOf(page);
    const answer: { data: object[]; nextCursor: string | null } = JSON.parse(text);
    pages.push({ url: page, rows: answer.data.length, bytes: text.length });
    next = answer.nextCursor;
  }
  return pages;
};

const asked = async ({ url, cpu }: Asked, question: string, times: number): Promise<Row[]> => {
  const [first, ...others] = await pagesOf(url);
  const rows = first ? [await timed([first], `${question}: p50`, { times, cpu }, { pages: 1 + others.length })] : [];
  return others.length > 0 ? [...rows, await timed(others, '  of the pages after the first', { times, cpu }, {})] : rows;
};

const timed = async (
  pages: readonly Page[],
  measure: string,
  { times, cpu }: Omit<Asked, 'url'> & { times: number },
  detail: Record<string, number>,
): Promise<Row> => {
  const taken: number[] = [];
  let used = cpu();
  for (let time = -5; time < times; time += 1) {
    const page = pages.at(time % pages.length);
    if (time === 0) used = cpu();
    const begin = performance.now();
    if (page) await textOf(page.url);
    if (time >= 0) taken.push(performance.now() - begin);
  }
  const { p50, p99 } = latencies(taken);
  const largest = { rows: Math.max(...pages.map(({ rows }) => rows)), 'kB answered': Math.max(...pages.map(({ bytes }) => bytes)) / 1_000 };
  return { measure, value: p50, unit: 'ms', target: { atMost: 50 }, detail: { 'p99 ms': p99, 'CPU ms': (cpu() - used) / times, ...detail, ...largest } };
};

const textOf = async (url: string): Promise<string> => {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text;
};
