import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Country, PaymentMethodType } from '../../platform/http/payment/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { Closed, Currency } from '../../platform/http/schemas.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { answered } from '../figures/answer.ts';
import { figuresQuery, pagingSaid, timeOf } from '../figures/question.ts';
import { answerJson } from '../figures/row-json.ts';
import { type Filters, keyOf } from '../figures/sums.ts';
import { AnalyticsAnswer } from './analytics-schemas.ts';
import { dimensions, rowJson } from './figures.ts';
import { type PaymentKind, type StuckList, stuckPayments } from './stuck.ts';
import { type Analytics, type PaymentField, sourceOf } from './sums.ts';

export type AnalyticsQuery = { analytics: Analytics & Pick<ReadModel<object>, 'reached'>; list: StuckList; now?: () => Date };

const Query = Closed({
  ...figuresQuery([...dimensions, 'currency'], 'provider, country, method; rows are by currency always'),
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  currency: Type.Optional(Currency),
  country: Type.Optional(Country),
  method: Type.Optional(PaymentMethodType),
});

/** How payments went, by time, currency, and what else is asked for. */
export const analyticsQuery =
  ({ analytics, list, now = () => new Date() }: AnalyticsQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const source = sourceOf(analytics);
    app.route({
      method: 'GET',
      url: '/api/v1/analytics',
      config: { permission: 'payments:read' },
      schema: {
        tags: ['Analytics'],
        summary: 'Counts, volumes, rates and latencies by hour, day or month',
        description: `${pagingSaid('currency, provider, country and method')} \`stuck\` is as of now, whatever time is asked for.`,
        querystring: Query,
        response: { 200: Type.Unsafe<Buffer>(AnalyticsAnswer) },
      },
      handler: async (request, reply) => {
        const { interval, groupBy = '', from, to, limit, cursor, ...filters } = request.query;
        const by = fieldsOf(groupBy);
        await readYourWrites(request, analytics.reached);
        const answer = await answered(source, { interval, filters, by, limit, cursor, given: [from, to], time: () => timeOf(request.query, now()) });
        const stuck = (await stuckPayments(list, now())).filter((kind) => isAsked(kind, filters)).map((kind) => keyOf(kind, by));
        const data = answer.rows.map((group) => rowJson(group));
        const totals = answer.totals.map((group) => rowJson(group, { bucket: null, stuck: stuck.filter((key) => key === group.key).length }));
        reply.type('application/json; charset=utf-8');
        return answerJson({ ...answer, interval }, data, totals, { stuck: stuck.length });
      },
    });
  };

/** What tells rows apart beside their time. */
const fieldsOf = (groupBy: string): readonly PaymentField[] => {
  const asked = groupBy.split(',');
  return ['currency', ...dimensions.filter((dimension) => asked.includes(dimension))];
};

const isAsked = (kind: PaymentKind, { provider, currency, country, method }: Filters<PaymentField>): boolean =>
  [
    [provider, kind.provider],
    [currency, kind.currency],
    [country, kind.country],
    [method, kind.method],
  ].every(([asked, is]) => asked === undefined || asked === is);
