import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PaymentBody } from '../../platform/http/payment/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, isOver, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Cancel } from './requests.ts';

/** `POST /payments/:id/cancel`. */
export const cancelRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/cancel',
      config,
      schema: {
        tags,
        summary: 'Cancel a payment, and release what is authorized',
        description: '200: canceled; or, where a part had been captured, the rest is released. 202: not decided yet.',
        params: Id,
        body: Cancel,
        response: { 200: PaymentBody, 202: PaymentBody },
      },
      handler: async (request, reply) => {
        const { payment, intent, commandId } = await carryOut(routes, request, reply, (voidId) => ({
          command: { type: 'Cancel', voidId, refundId: null },
          settled: ({ canceledBy, voids }) => canceledBy === voidId || isOver(voids.find(({ id }) => id === voidId)),
        }));
        const release = payment.voids.find(({ id }) => id === commandId);
        if (release?.error) throw problem(409, 'cancel_failed', { detail: release.error.message, members: { payment: intent } });
        return reply.status(payment.canceledBy === commandId ? 200 : statusFor(release)).send(intent);
      },
    });
  };
