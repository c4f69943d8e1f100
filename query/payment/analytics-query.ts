import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Condition } from '../../platform/documents/document-store.ts';
import { Country, PaymentMethodType } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Currency, Instant } from '../../platform/http/schemas.ts';
import { bucketOf, type Interval, intervals, noFigures, type PaymentFigures } from '../../projections/payment/payment-analytics.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { dimensions, rowsOf } from './figures.ts';

export type AnalyticsQuery = { analytics: Pick<ReadModel<PaymentFigures>, 'find' | 'reached'>; now?: () => Date };

const Rate = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const NameOrNull = Type.Union([Type.String(), Type.Null()]);
const Count = Type.Integer();
const Row = Type.Object({
  bucket: Type.Union([Instant, Type.Null()], { description: 'Its start, UTC; null in `totals`' }),
  currency: Currency,
  ...Object.fromEntries(dimensions.map((dimension) => [dimension, Type.Optional(NameOrNull)])),
  ...Object.fromEntries(Object.keys(noFigures).map((name) => [name, Count])),
  unresolved: Count,
  ...Object.fromEntries(['authorizationRate', 'successRate', 'conversionRate', 'refundRate', 'disputeRate', 'averageTicket'].map((name) => [name, Rate])),
  declines: Type.Record(Type.String(), Count),
});
const Answer = Type.Object({ from: Instant, to: Instant, interval: Type.Enum([...intervals]), data: Type.Array(Row), totals: Type.Array(Row) });

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
const pageSize = 1_000;

/** How payments went, by time, currency, and what else is asked for. */
export const analyticsQuery =
  ({ analytics, now = () => new Date() }: AnalyticsQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const read = async (where: readonly Condition[]): Promise<PaymentFigures[]> => {
      const found: PaymentFigures[] = [];
      let after: string | undefined;
      do {
        const page = await analytics.find({ where, orderBy: 'bucket', ascending: true, limit: pageSize, ...(after && { after }) });
        found.push(...page.rows.map(({ document }) => document));
        after = page.next;
      } while (after);
      return found;
    };

    app.route({
      method: 'GET',
      url: '/api/v1/analytics',
      config: { permission: 'payments:read' },
      schema: { tags: ['Analytics'], summary: 'Counts, volumes and rates by hour, day or month', querystring: Query, response: { 200: Answer } },
      handler: async (request) => {
        const { interval, groupBy = '', from, to, ...equal } = request.query;
        const end = to === undefined ? now() : new Date(to);
        const start = bucketOf(interval, (from === undefined ? new Date(end.getTime() - spans[interval].usual) : new Date(from)).toISOString());
        const span = end.getTime() - Date.parse(start);
        if (span < 0) throw outOfRange('`to` must not be before `from`.', 'query.to');
        if (span > spans[interval].most) throw outOfRange(`By the ${interval}, at most ${spans[interval].most / day} days can be asked for.`, 'query.from');
        await readYourWrites(request, analytics.reached);
        const documents = await read([
          { field: 'interval', is: interval },
          { field: 'bucket', from: start, to: end.toISOString() },
          ...Object.entries(equal).map(([field, is]): Condition => ({ field, is })),
        ]);
        const asked = groupBy.split(',');
        const by = dimensions.filter((dimension) => asked.includes(dimension));
        return { from: start, to: end.toISOString(), interval, data: rowsOf(documents, by), totals: rowsOf(documents, by, { total: true }) };
      },
    });
  };

const outOfRange = (detail: string, path: string) => problem(400, 'invalid_request', { detail, errors: [{ path, message: detail }] });
