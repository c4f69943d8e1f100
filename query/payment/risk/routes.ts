import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type RiskBacktestQuery, riskBacktest } from './backtest.ts';
import { type ReviewsQuery, reviewsQuery } from './reviews-query.ts';

/** The read side of risk. */
export const riskQueryRoutes = (queries: RiskBacktestQuery & ReviewsQuery): readonly FastifyPluginAsyncTypebox[] => [
  reviewsQuery(queries),
  riskBacktest(queries),
];
