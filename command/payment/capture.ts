import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { NotPaid, PaymentBody } from '../../platform/http/payment/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, isOver, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Capture } from './requests.ts';

/** `POST /payments/:id/capture`. */
export const captureRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/capture',
      config,
      schema: {
        tags,
        summary: 'Take what is authorized, all of it or a part',
        description: '200: captured. 202: not decided yet. 402: the provider refused.',
        params: Id,
        body: Capture,
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { amount = null } = request.body;
        const { payment, intent, commandId } = await carryOut(routes, request, reply, (captureId) => ({
          command: { type: 'Capture', captureId, amount, final: false, at: new Date().toISOString() },
          settled: ({ captures }) => isOver(captures.find(({ id }) => id === captureId)),
        }));
        const capture = payment.captures.find(({ id }) => id === commandId);
        if (capture?.error) throw problem(402, 'capture_failed', { detail: capture.error.message, members: { declineCode: null, payment: intent } });
        return reply.status(statusFor(capture)).send(intent);
      },
    });
  };
