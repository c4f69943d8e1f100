import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { historyRoute } from '../audit/history-route.ts';
import { type AnalyticsQuery, analyticsQuery } from './analytics-query.ts';
import { type PaymentQueries, paymentQueries } from './payment-queries.ts';

/** The read side of the payment service. */
export const paymentQueryRoutes = ({ analytics, ...queries }: PaymentQueries & Omit<AnalyticsQuery, 'list'>): readonly FastifyPluginAsyncTypebox[] => [
  paymentQueries(queries),
  historyRoute({
    url: '/api/v1/payments/:id',
    tag: 'Payments',
    permission: 'payments:read',
    notFound: 'payment_not_found',
    history: queries.payments.history,
    // What a provider would charge again.
    concealed: ['token'],
  }),
  analyticsQuery({ analytics, list: queries.documents }),
];
