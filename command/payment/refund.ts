import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { refundView } from '../../domain/payment/payment-intent.ts';
import { RefundBody } from '../../platform/http/payment/schemas.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, isOver, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Refund } from './requests.ts';

/** `POST /payments/:id/refund`. */
export const refundRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/refund',
      config,
      schema: {
        tags,
        summary: 'Give money back, all of it or a part',
        description: '200: refunded, or the refund failed (see its status). 202: not decided yet.',
        params: Id,
        body: Refund,
        response: { 200: RefundBody, 202: RefundBody },
      },
      handler: async (request, reply) => {
        const { amount = null, reason = null } = request.body;
        const { payment, commandId } = await carryOut(routes, request, reply, (refundId) => ({
          command: { type: 'Refund', refundId, amount, reason },
          settled: ({ refunds }) => isOver(refunds.find(({ id }) => id === refundId)),
        }));
        const refund = payment.refunds.find(({ id }) => id === commandId);
        if (!refund) throw new Error(`refund ${commandId} of payment ${request.params.id} was started and isn't there`);
        return reply.status(statusFor(refund)).send(refundView(refund, payment.currency));
      },
    });
  };
