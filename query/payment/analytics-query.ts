import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { Country, PaymentMethodType } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Currency, Instant } from '../../platform/http/schemas.ts';
import { bucketOf, type Interval, intervals } from '../../projections/payment/payment-analytics.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { AnalyticsAnswer } from './analytics-schemas.ts';
import { dimensions, type Head, rowOf } from './figures.ts';
import { type StuckList, stuckPayments } from './stuck.ts';
import { type Analytics, type Group, type Kind, regrouped, summed } from './sums.ts';

export type AnalyticsQuery = { analytics: Analytics & Pick<ReadModel<object>, 'reached'>; list: StuckList; now?: () => Date };

const groups = [...dimensions, 'currency'].join('|');
const Query = Closed({
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  interval: Type.Enum([...intervals], { default: 'day' }),
  groupBy: Type.Optional(Type.String({ pattern: `^(${groups})(,(${groups}))*$`, description: 'provider, country, method; rows are by currency always' })),
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  currency: Type.Optional(Currency),
  country: Type.Optional(Country),
  method: Type.Optional(PaymentMethodType),
});

const day = 24 * 3_600_000;
/** What is answered where no `from` is given, and the most that is answered at once. */
const spans: Record<Interval, { usual: number; most: number }> = {
  hour: { usual: 2 * day, most: 62 * day },
  day: { usual: 30 * day, most: 1_100 * day },
  month: { usual: 365 * day, most: 36_600 * day },
};
const mostRows = 10_000;

/** How payments went, by time, currency, and what else is asked for. */
export const analyticsQuery =
  ({ analytics, list, now = () => new Date() }: AnalyticsQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/analytics',
      config: { permission: 'payments:read' },
      schema: {
        tags: ['Analytics'],
        summary: 'Counts, volumes, rates and latencies by hour, day or month',
        description: `Times are UTC. At most ${mostRows} rows. \`stuck\` is as of now, whatever time is asked for.`,
        querystring: Query,
        response: { 200: AnalyticsAnswer },
      },
      handler: async (request) => {
        const { interval, groupBy = '', from, to, ...filters } = request.query;
        const { start, end } = timeOf(request.query, now());
        await readYourWrites(request, analytics.reached);
        const headOf = headBy(groupBy);
        const byBucket = await summed(analytics, { interval, from: start, to: end, ...filters }, headOf);
        if (byBucket.length > mostRows)
          throw outOfRange(`That are ${byBucket.length} rows, more than ${mostRows}: ask for less time or fewer groups.`, 'query.groupBy');
        const stuck = (await stuckPayments(list, now())).filter((kind) => isAsked(kind, filters)).map((kind) => keyOf(headOf({ ...kind, bucket: '' })));
        const totals = regrouped(byBucket, ({ bucket: _, ...head }): Head => ({ bucket: null, ...head }));
        return {
          from: start,
          to: end,
          interval,
          data: inOrder(byBucket).map(rowOf),
          totals: inOrder(totals).map((group) => ({ ...rowOf(group), stuck: stuck.filter((key) => key === keyOf(group.head)).length })),
          stuck: stuck.length,
        };
      },
    });
  };

const headBy = (groupBy: string): ((kind: Kind) => Head) => {
  const asked = groupBy.split(',');
  const by = dimensions.filter((dimension) => asked.includes(dimension));
  return (kind) => {
    const head: Head = { bucket: kind.bucket, currency: kind.currency };
    for (const dimension of by) head[dimension] = kind[dimension];
    return head;
  };
};

const isAsked = (kind: Omit<Kind, 'bucket'>, { provider, currency, country, method }: Partial<Omit<Kind, 'bucket'>>): boolean =>
  [
    [provider, kind.provider],
    [currency, kind.currency],
    [country, kind.country],
    [method, kind.method],
  ].every(([asked, is]) => asked === undefined || asked === is);

/** Of a group, whatever its time. */
const keyOf = ({ bucket: _, ...head }: Head): string => JSON.stringify(Object.values(head));

const inOrder = (rows: readonly Group<Head>[]): Group<Head>[] =>
  rows
    .map((row) => ({ row, key: JSON.stringify(Object.values(row.head)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);

/** Throws a 400 where it makes no sense, or is more than is answered at once. */
const timeOf = ({ interval, from, to }: Pick<Static<typeof Query>, 'interval' | 'from' | 'to'>, now: Date): { start: string; end: string } => {
  const end = to === undefined ? now : new Date(to);
  const start = bucketOf(interval, (from === undefined ? new Date(end.getTime() - spans[interval].usual) : new Date(from)).toISOString());
  const span = end.getTime() - Date.parse(start);
  if (span < 0) throw outOfRange('`to` must not be before `from`.', 'query.to');
  if (span > spans[interval].most) throw outOfRange(`By the ${interval}, at most ${spans[interval].most / day} days can be asked for.`, 'query.from');
  return { start, end: end.toISOString() };
};

const outOfRange = (detail: string, path: string) => problem(400, 'invalid_request', { detail, errors: [{ path, message: detail }] });
