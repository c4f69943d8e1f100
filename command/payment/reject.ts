import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PaymentBody } from '../../platform/http/payment/schemas.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, type PaymentRoutes, tags } from './carry-out.ts';
import { Review } from './requests.ts';

/** `POST /payments/:id/reject`. */
export const rejectRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/reject',
      config,
      schema: {
        tags,
        summary: 'Refuse a payment that is in review',
        description: 'Another payment method may be tried afterwards.',
        params: Id,
        body: Review,
        response: { 200: PaymentBody },
      },
      handler: async (request, reply) => {
        const { note = null } = request.body;
        const { intent } = await carryOut(routes, request, reply, (rejectionId) => ({ command: { type: 'Reject', rejectionId, note }, settled: () => true }));
        return reply.send(intent);
      },
    });
  };
