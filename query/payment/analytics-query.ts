import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { Country, PaymentMethodType } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Currency, Instant } from '../../platform/http/schemas.ts';
import { bucketOf, type Interval, intervals } from '../../projections/payment/payment-analytics.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { AnalyticsAnswer } from './analytics-schemas.ts';
import { dimensions, rowJson } from './figures.ts';
import { type StuckList, stuckPayments } from './stuck.ts';
import { type Analytics, headOf, type Kind, regrouped, summed } from './sums.ts';

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
const mostRows = 5_000;

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
        response: { 200: Type.Unsafe<Buffer>(AnalyticsAnswer) },
      },
      handler: async (request, reply) => {
        const { interval, groupBy = '', from, to, ...filters } = request.query;
        const { start, end } = timeOf(request.query, now());
        await readYourWrites(request, analytics.reached);
        const by = fieldsOf(groupBy);
        const byBucket = await summed(analytics, { interval, from: start, to: end, ...filters }, ['bucket', ...by]);
        if (byBucket.length > mostRows)
          throw outOfRange(`These are ${byBucket.length} rows, more than ${mostRows}: ask for less time or fewer groups.`, 'query.groupBy');
        const stuck = (await stuckPayments(list, now())).filter((kind) => isAsked(kind, filters)).map((kind) => keyOf(headOf(kind, by)));
        const data = inOrder(byBucket).map((group) => rowJson(group));
        const totals = inOrder(regrouped(byBucket, by)).map((group) =>
          rowJson(group, { bucket: null, stuck: stuck.filter((key) => key === keyOf(group.head)).length }),
        );
        reply.type('application/json; charset=utf-8');
        return Buffer.from(
          `{"from":"${start}","to":"${end}","interval":"${interval}","data":[${data.join()}],"totals":[${totals.join()}],"stuck":${stuck.length}}`,
        );
      },
    });
  };

/** What tells rows apart beside their time. */
const fieldsOf = (groupBy: string): readonly ('currency' | (typeof dimensions)[number])[] => {
  const asked = groupBy.split(',');
  return ['currency', ...dimensions.filter((dimension) => asked.includes(dimension))];
};

const isAsked = (kind: Omit<Kind, 'bucket'>, { provider, currency, country, method }: Partial<Omit<Kind, 'bucket'>>): boolean =>
  [
    [provider, kind.provider],
    [currency, kind.currency],
    [country, kind.country],
    [method, kind.method],
  ].every(([asked, is]) => asked === undefined || asked === is);

const keyOf = (head: object): string => JSON.stringify(Object.values(head));

const inOrder = <G extends { head: object }>(groups: readonly G[]): G[] =>
  groups
    .map((group) => ({ group, key: keyOf(group.head) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ group }) => group);

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
