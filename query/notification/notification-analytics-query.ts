import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Category, ChannelName, TemplateKey } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { Closed } from '../../platform/http/schemas.ts';
import { figuresQuery, pagingSaid, timeOf } from '../figures/question.ts';
import { answerJson } from '../figures/row-json.ts';
import { dimensions, rowJson } from './figures.ts';
import { chosenFrom, type NotificationAnalytics } from './figures-source.ts';
import { NotificationAnalyticsAnswer } from './notification-analytics-schemas.ts';

export type NotificationAnalyticsQuery = { analytics: NotificationAnalytics; now?: () => Date };

const Name = Type.String({ minLength: 1, maxLength: 64 });
const Query = Closed({
  ...figuresQuery(dimensions, 'channel, template, category, provider, experiment, variant'),
  channel: Type.Optional(ChannelName),
  template: Type.Optional(TemplateKey),
  category: Type.Optional(Category),
  provider: Type.Optional(Name),
  experiment: Type.Optional(Name),
  variant: Type.Optional(Name),
});

/** What became of deliveries, by time and what else is asked for. */
export const notificationAnalyticsQuery =
  ({ analytics, now = () => new Date() }: NotificationAnalyticsQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/analytics',
      config: { permission: 'notifications:read' },
      schema: {
        tags: ['Analytics'],
        summary: 'Counts, rates and latencies of deliveries by hour, day or month',
        description: `${pagingSaid('channel, template, category, provider, experiment and variant')} What was requested or suppressed had no provider yet: null.`,
        querystring: Query,
        response: { 200: Type.Unsafe<Buffer>(NotificationAnalyticsAnswer) },
      },
      handler: async (request, reply) => {
        const { interval, groupBy = '', from, to, limit, cursor, ...filters } = request.query;
        const asked = groupBy.split(',');
        const by = dimensions.filter((dimension) => asked.includes(dimension));
        const question = { interval, filters, by, limit, cursor, given: [from, to], time: () => timeOf(request.query, now()) };
        const chosen = chosenFrom(analytics, question);
        await readYourWrites(request, chosen.reached);
        const answer = await chosen.answer();
        const rows = answer.rows.map((group) => rowJson(group));
        reply.type('application/json; charset=utf-8');
        return answerJson(
          { ...answer, interval },
          rows,
          answer.totals.map((group) => rowJson(group, { bucket: null })),
          {},
        );
      },
    });
  };
